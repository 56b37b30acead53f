/* The form of a piece: rows come and go without the page being loaded again. The server draws the form as it would
   without script; here only its answer is put in place, and the cursor into the row that was asked for. */
(function () {
  "use strict";

  /* Send the form as the button would, and show what comes back. */
  function redraw(form, submitter) {
    const data = new FormData(form);
    data.set("do", submitter && submitter.value && submitter.name === "do" ? submitter.value : "redraw");
    const piece = form.closest(".piece");
    piece.setAttribute("aria-busy", "true");
    const open = new Set(Array.from(piece.querySelectorAll("details[open][id]"), function (details) { return details.id; }));
    return fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { "X-CSRFToken": window.jixiao.csrfToken() },
      credentials: "same-origin",
    }).then(function (answer) {
      return answer.text();
    }).then(function (text) {
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".piece");
      if (!fresh) { form.submit(); return; }
      piece.replaceWith(fresh);
      open.forEach(function (id) {
        const details = document.getElementById(id);
        if (details) details.open = true;
      });
      look(fresh, submitter && submitter.id);
      fresh.dispatchEvent(new CustomEvent("piece:drawn", { bubbles: true }));
    }).catch(function () {
      piece.removeAttribute("aria-busy");
    });
  }

  /* The cursor goes to the first box of the row that the button was about, or back to the choice that was made. */
  function look(piece, fallback) {
    const form = piece.querySelector("form[data-look]");
    const row = form && document.getElementById(form.dataset.look);
    const box = row ? row.querySelector("input:not([type=hidden]), select, textarea") || row : fallback && document.getElementById(fallback);
    if (!box) return;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("submit", function (event) {
    const submitter = event.submitter;
    if (!event.target.matches(".piece-form") || !submitter || !submitter.hasAttribute("data-redraw")) return;
    event.preventDefault();
    event.stopPropagation();
    redraw(event.target, submitter);
  }, true);
  document.addEventListener("change", function (event) {
    const box = event.target;
    if (box.tagName === "SELECT" && box.hasAttribute("data-redraw")) redraw(box.form, box);
  });

  /* Names beside the codes. */
  const lines = document.querySelector("form[data-look]");
  if (lines) look(lines.closest(".piece"));
})();
