/* The queue by keyboard: j and k move from one report to the next, Enter opens it (its button has the focus). */
(function () {
  "use strict";

  function lines() { return Array.from(document.querySelectorAll(".queue-line")); }

  /* Letters belong to the box in which somebody is typing; a tick box takes none. */
  function typing(target) {
    return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])");
  }

  function move(step) {
    const all = lines();
    const at = all.findIndex(function (line) { return line.contains(document.activeElement); });
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (next) next.querySelector(".queue-go").focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (event.key !== "j" && event.key !== "k") return;
    event.preventDefault();
    move(event.key === "j" ? 1 : -1);
  });

  const whole = document.getElementById("tick-all");
  if (!whole) return;
  whole.hidden = false;
  whole.addEventListener("change", function () {
    document.querySelectorAll('.queue-line input[name="report"]').forEach(function (box) {
      box.checked = whole.checked;
    });
  });
})();
