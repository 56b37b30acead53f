/* 试算 beside a form: what htmx answers live goes on working after the form was drawn anew, and Enter tries, never saves. */
(function () {
  "use strict";

  document.addEventListener("piece:drawn", function (event) {
    window.htmx.process(event.target);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.closest(".trial-boxes")) return;
    event.preventDefault();
    document.getElementById("try-button").click();
  });
})();
