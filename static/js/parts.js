/* Puts freshly rendered parts of a page in place without taking anything out of a person's hands: what is being typed,
   which details are open and where the cursor is survive. */
(function () {
  "use strict";

  const shown = new Map();

  function remember(element) {
    return {
      open: new Map(Array.from(element.querySelectorAll("details[id]"), function (details) {
        return [details.id, details.open];
      })),
      typed: new Map(Array.from(element.querySelectorAll("textarea[id]"), function (area) {
        return [area.id, area.value === area.defaultValue ? null : area.value];
      })),
      focus: element.contains(document.activeElement) ? document.activeElement : null,
      scroll: element.scrollTop,
    };
  }

  function restore(element, state) {
    state.open.forEach(function (open, id) {
      const details = document.getElementById(id);
      if (details) details.open = open;
    });
    state.typed.forEach(function (value, id) {
      const area = value !== null && document.getElementById(id);
      if (area) area.value = value;
    });
    if (state.focus && state.focus.id) {
      const again = document.getElementById(state.focus.id);
      if (again) {
        again.focus({ preventScroll: true });
        if (again.setSelectionRange && state.focus.selectionStart !== null) {
          again.setSelectionRange(state.focus.selectionStart, state.focus.selectionEnd);
        }
      }
    }
    element.scrollTop = state.scroll;
  }

  function put(id, html) {
    const element = document.getElementById(id);
    if (!element || shown.get(id) === html) return;
    shown.set(id, html);
    const state = remember(element);
    element.innerHTML = html;
    restore(element, state);
    if (window.htmx) window.htmx.process(element);
  }

  /* parts: {element id: inner HTML}; invalid: ids of the boxes that hold something wrong */
  window.jixiao.show = function (parts, invalid) {
    Object.keys(parts).forEach(function (id) { put(id, parts[id]); });
    if (!invalid) return;
    const wrong = new Set(invalid);
    document.querySelectorAll("form [aria-invalid]").forEach(function (box) {
      if (!wrong.has(box.id)) box.removeAttribute("aria-invalid");
    });
    wrong.forEach(function (id) {
      const box = document.getElementById(id);
      if (box) box.setAttribute("aria-invalid", "true");
    });
  };
})();
