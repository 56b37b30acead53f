/* 得分与审核: walk through the findings one by one, also across chapters; fold the panel away. */
(function () {
  "use strict";

  const PLACE = "jixiao:finding";

  function links() { return Array.from(document.querySelectorAll(".findings .finding-link")); }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-walk]");
    if (!button) return;
    const all = links();
    if (!all.length) return;
    const last = sessionStorage.getItem(PLACE);
    const at = all.findIndex(function (link) { return link.getAttribute("href") === last; });
    const step = Number(button.dataset.walk);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
    sessionStorage.setItem(PLACE, next.getAttribute("href"));
    next.click();
  });

  document.addEventListener("click", function (event) {
    const link = event.target.closest(".finding-link");
    if (link) sessionStorage.setItem(PLACE, link.getAttribute("href"));
  });

  /* An explanation is stored without leaving the chapter. */
  document.addEventListener("submit", async function (event) {
    const form = event.target;
    if (!form.matches(".explain-form")) return;
    event.preventDefault();
    const error = form.querySelector(".explain-error");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-CSRFToken": window.jixiao.csrfToken(), Accept: "application/json" },
        credentials: "same-origin",
      });
      const data = await response.json();
      if (response.ok && window.jixiao.show) {
        const area = form.querySelector("textarea");
        area.defaultValue = area.value;
        form.closest("details").open = false;
        window.jixiao.show(data.parts);
      } else if (response.ok) settled(form);
      else error.textContent = data.message;
    } catch (failure) {
      error.textContent = "没有保存成功，请检查网络后再点一次。";
    }
  });

  /* On the check page what else is being written stays; once nothing is owed the page tells what comes next. */
  function settled(form) {
    const said = document.createElement("p");
    said.className = "explained";
    said.textContent = "说明：" + form.querySelector("textarea").value;
    form.closest("details").replaceWith(said);
    if (!document.querySelector("details[open] > .explain-form")) location.reload();
  }

  /* In a narrow window the panel is a bar under the title, closed until it is asked for. */
  const panel = document.getElementById("panel");
  const narrow = window.matchMedia("(max-width: 1199.98px)");
  function fit() {
    const inside = document.getElementById("panel-fold");
    if (inside) inside.open = !narrow.matches;
    panel.classList.add("fitted");
  }
  if (panel) {
    fit();
    narrow.addEventListener("change", fit);
  }

  const here = document.querySelector(".steps [aria-current]");
  if (here && window.matchMedia("(max-width: 767.98px)").matches) here.scrollIntoView({ block: "nearest", inline: "center" });

  const FOLDED = "jixiao:folded";
  const fold = document.getElementById("fold");
  function apply(folded) {
    document.body.classList.toggle("folded", folded);
    fold.setAttribute("aria-expanded", String(!folded));
    fold.textContent = folded ? "展开右栏" : "收起右栏";
  }
  if (fold) {
    apply(localStorage.getItem(FOLDED) === "1");
    fold.addEventListener("click", function () {
      const folded = !document.body.classList.contains("folded");
      localStorage.setItem(FOLDED, folded ? "1" : "0");
      apply(folded);
    });
  }
})();
