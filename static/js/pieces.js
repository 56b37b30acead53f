/* The form of a piece: rows come and go without the page being loaded again, and nothing that was typed is lost to a line
   that is down or a log-in that has ended. The server draws the form as it would without script; here only its answer is
   put in place, and the cursor into the row that was asked for. */
(function () {
  "use strict";

  const LOST = "没有送到：网络不通，或登录已经过期。您填的都还在框里，请在另一个标签页重新登录，再点一次。";
  let touched = false; /* something typed on this page is not saved yet */
  let sending = false;

  function post(url, data) {
    return fetch(url, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { "X-CSRFToken": window.jixiao.csrfToken() },
      credentials: "same-origin",
    }).then(function (answer) {
      if (answer.redirected || !(answer.ok || answer.status === 409 || answer.status === 422)) throw new Error(answer.status);
      return answer.text();
    });
  }

  function tell(form, words) {
    const piece = form.closest(".piece");
    piece.removeAttribute("aria-busy");
    let told = piece.querySelector(".piece-lost");
    if (!told) {
      told = document.createElement("p");
      told.className = "notice notice-error piece-lost";
      told.setAttribute("role", "alert");
      form.before(told);
    }
    told.textContent = words;
    told.scrollIntoView({ block: "nearest" });
  }

  /* Send the form as the button would, and show what comes back. */
  function redraw(form, submitter) {
    const data = new FormData(form);
    data.set("do", submitter && submitter.name === "do" ? submitter.value : "redraw");
    const piece = form.closest(".piece");
    piece.setAttribute("aria-busy", "true");
    const open = Array.from(piece.querySelectorAll("details[open][id]"), function (details) { return details.id; });
    const shut = Array.from(piece.querySelectorAll("details[id]:not([open])"), function (details) { return details.id; });
    return post(form.action, data).then(function (text) {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".piece");
      if (!fresh) throw new Error("no piece");
      piece.replaceWith(fresh);
      [[open, true], [shut, false]].forEach(function (pair) {
        pair[0].forEach(function (id) {
          const details = document.getElementById(id);
          if (details && !(details.open && details.querySelector("[aria-invalid=true]"))) details.open = pair[1];
        });
      });
      look(fresh, submitter && submitter.id);
    }).catch(function () { tell(form, LOST); });
  }

  /* The cursor goes to the first box of the row that the button was about, or back to the choice that was made. */
  function look(piece, fallback) {
    const form = piece.querySelector("form[data-look]");
    const row = form && document.getElementById(form.dataset.look);
    const box = row ? row.querySelector("input:not([type=hidden]), select, textarea") || row : fallback && document.getElementById(fallback);
    if (box) {
      box.focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest" });
      return;
    }
    const told = piece.querySelector(".cases-told, .notice-error");
    if (told) told.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const submitter = event.submitter;
    if (!form.matches(".piece-form")) return;
    if (submitter && submitter.hasAttribute("data-redraw")) {
      event.preventDefault();
      event.stopPropagation();
      redraw(form, submitter);
      return;
    }
    if (sending) return;
    /* Is the way there? Only then is the page left. */
    event.preventDefault();
    event.stopPropagation();
    post(form.dataset.check, { address: form.closest(".piece").dataset.address, box: "" }).then(function () {
      sending = true;
      form.elements.csrfmiddlewaretoken.value = window.jixiao.csrfToken();
      form.requestSubmit(submitter || undefined);
    }).catch(function () { tell(form, LOST); });
  }, true);

  document.addEventListener("change", function (event) {
    const box = event.target;
    if (box.tagName === "SELECT" && box.hasAttribute("data-redraw")) redraw(box.form, box);
  });
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.matches(".piece-form") && !event.target.name.startsWith("try:") && !form.closest(".drawer")) touched = true;
  });
  window.addEventListener("beforeunload", function (event) {
    if (!touched || sending) return;
    event.preventDefault();
    event.returnValue = "";
  });

  const first = document.querySelector("form[data-look]");
  if (first) look(first.closest(".piece"));
})();
