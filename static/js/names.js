/* Completion of names in the boxes of a piece: figures, tables, columns and functions in formulas; figures behind a brace in
   texts; codes in lists of codes. Arrow keys choose, Enter or Tab takes, Esc closes; without script one types the name. */
(function () {
  "use strict";

  const MOST = 8;
  const list = document.createElement("ul");
  list.id = "names-list";
  list.className = "names";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可用的名称");
  list.hidden = true;

  let box = null; /* the box for which the list is open */
  let token = null; /* {start, end, text, table, kind} */
  let found = [];
  let chosen = 0;
  let cache = { source: null, names: [] };

  function names(piece) {
    const source = piece && piece.querySelector("#piece-names");
    if (source !== cache.source) {
      cache = { source: source, names: source ? JSON.parse(source.textContent) : [] };
      cache.names.forEach(function (one) { one.folded = [one.label, one.code].concat(one.also || []).filter(Boolean).map(fold); });
    }
    return cache.names;
  }

  /* Width, case and blanks do not count. */
  function fold(text) { return (text || "").normalize("NFKC").toLowerCase().replace(/\s+/g, ""); }

  const WORD = "[^\\s+\\-−×÷*/=≠<>≤≥≦≧,，()（）\"“”{}.]";
  const COLUMN = new RegExp("(?:\\{([^{}]*)\\}|(" + WORD + "+))\\.(\\{?)(" + WORD + "*)$");
  const NAME = new RegExp("(?:(\\{)([^{}]*)|(" + WORD + "*))$");
  const BINDING = /[{｛]([^{}｛｝\n|]*)$/;

  /* What is being written at the cursor; null where nothing is to be completed. */
  function at(target) {
    const end = target.selectionStart;
    if (end !== target.selectionEnd) return null;
    const before = target.value.slice(0, end);
    if (target.hasAttribute("data-codes")) {
      const start = before.lastIndexOf("\n") + 1;
      const rest = target.value.slice(end).split("\n")[0];
      return { start: start, end: end + rest.length, text: (before.slice(start) + rest).trim(), kind: "codes" };
    }
    if (target.hasAttribute("data-formula")) {
      if ((before.match(/["“”]/g) || []).length % 2) return null;
      const column = before.match(COLUMN);
      if (column) {
        return { start: end - column[4].length - column[3].length, end: end, text: column[4], table: column[1] || column[2], kind: "column" };
      }
      const name = before.match(NAME);
      const text = name[1] ? name[2] : name[3];
      return { start: end - text.length - (name[1] ? 1 : 0), end: end, text: text, kind: "formula" };
    }
    const binding = before.match(BINDING);
    return binding ? { start: end - binding[1].length, end: end, text: binding[1], kind: "text" } : null;
  }

  function fits(one, target) {
    if (token.kind === "codes") return target.dataset.codes.split(" ").includes(one.of);
    if (token.kind === "column") return one.of === "columns" && fold(one.table) === fold(token.table);
    if (token.kind === "text") return one.of === "fields" || one.of === "words";
    return ["fields", "answers", "tables", "given", "functions"].includes(one.of) || (one.of === "columns" && rowOf(target) && fold(one.table) === fold(rowOf(target)));
  }

  /* The table in whose rows a formula is computed. */
  function rowOf(target) { return target.dataset.row || ""; }

  function search(target) {
    const wanted = fold(token.text);
    if (!wanted && token.kind === "formula") return [];
    const ranked = [];
    names(target.closest(".piece")).forEach(function (one) {
      if (!fits(one, target)) return;
      const places = one.folded.map(function (text) { return text.indexOf(wanted); }).filter(function (place) { return place >= 0; });
      if (places.length) ranked.push([Math.min.apply(null, places), ranked.length, one]);
    });
    ranked.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    const best = ranked.slice(0, MOST).map(function (entry) { return entry[2]; });
    const same = best.length === 1 && (token.kind === "codes" ? best[0].code === token.text : best[0].name === target.value.slice(token.start, token.end));
    return same ? [] : best;
  }

  function update(target) {
    token = at(target);
    found = token ? search(target) : [];
    if (!found.length) { close(); return; }
    box = target;
    chosen = 0;
    draw();
  }

  function draw() {
    list.replaceChildren.apply(list, found.map(function (one, index) {
      const option = document.createElement("li");
      option.id = "names-" + index;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === chosen));
      const label = document.createElement("b");
      label.textContent = one.label;
      const said = document.createElement("span");
      said.textContent = [one.table, one.code, one.said].filter(Boolean).join(" · ");
      option.append(label, said);
      return option;
    }));
    if (!list.isConnected) document.getElementById("content").append(list);
    list.hidden = false;
    const place = box.getBoundingClientRect();
    const below = place.bottom + list.offsetHeight < window.innerHeight;
    list.style.left = Math.min(place.left, window.innerWidth - list.offsetWidth - 8) + "px";
    list.style.top = (below ? place.bottom : place.top - list.offsetHeight) + "px";
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-activedescendant", "names-" + chosen);
    if (box.tagName === "INPUT") box.setAttribute("aria-expanded", "true");
  }

  function close() {
    if (!box) return;
    list.hidden = true;
    box.removeAttribute("aria-activedescendant");
    box.removeAttribute("aria-controls");
    if (box.tagName === "INPUT") box.setAttribute("aria-expanded", "false");
    box = null;
  }

  function take(index) {
    const one = found[index];
    const target = box;
    let text = token.kind === "codes" ? one.code : token.kind === "text" ? one.label : one.name;
    let caret = text.endsWith("()") ? text.length - 1 : text.length;
    if (token.kind === "text" && !/^[}｝]/.test(target.value.slice(token.end))) {
      text += "}";
      caret += 1;
    }
    target.setRangeText(text, token.start, token.end, "end");
    target.setSelectionRange(token.start + caret, token.start + caret);
    close();
    target.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  function completes(target) { return target.matches && target.matches("[data-formula], [data-codes], [data-texts]"); }

  document.addEventListener("focusin", function (event) {
    const target = event.target;
    if (!completes(target)) return;
    target.setAttribute("aria-autocomplete", "list");
    target.setAttribute("aria-haspopup", "listbox");
    if (target.tagName === "INPUT") {
      target.setAttribute("role", "combobox");
      target.setAttribute("aria-expanded", "false");
    }
  });
  document.addEventListener("input", function (event) {
    const target = event.target;
    if (!completes(target)) return;
    beside(target);
    if (!event.isComposing) update(target);
  });
  document.addEventListener("compositionend", function (event) { if (completes(event.target)) update(event.target); });
  document.addEventListener("focusout", function (event) { if (event.target === box) close(); });
  window.addEventListener("scroll", close, true);
  document.addEventListener("keydown", function (event) {
    const target = event.target;
    if (!completes(target) || event.isComposing) return;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      update(target);
      return;
    }
    if (target !== box) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + found.length) % found.length;
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") { event.stopPropagation(); close(); }
    else return;
    event.preventDefault();
    if (step) draw();
  }, true);
  list.addEventListener("mousedown", function (event) {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(Number(option.id.slice("names-".length)));
  });

  /* What the codes of a list are called stands beside them, line by line. */
  function beside(target) {
    const told = target.matches("textarea[data-codes]") && target.parentElement.querySelector(".codes-told");
    if (!told) return;
    const known = names(target.closest(".piece"));
    const parts = target.dataset.codes.split(" ");
    told.textContent = target.value.split("\n").map(function (line) {
      const one = known.find(function (name) { return name.code === line.trim() && parts.includes(name.of); });
      return one ? one.label : line.trim() ? "？" : "";
    }).join("\n");
    target.rows = Math.max(3, target.value.split("\n").length);
  }

  /* ── a formula is looked at while it is written ── */
  const waiting = new WeakMap();

  function check(area) {
    const form = area.form;
    const told = document.getElementById("t-" + area.name);
    if (!form || !form.dataset.check || !told) return;
    const before = waiting.get(area);
    if (before) before.abort();
    const way = new AbortController();
    waiting.set(area, way);
    const data = new URLSearchParams(new FormData(form));
    data.set("address", form.closest(".piece").dataset.address);
    data.set("box", area.name);
    fetch(form.dataset.check, { method: "POST", body: data, headers: { "X-CSRFToken": window.jixiao.csrfToken() }, credentials: "same-origin", signal: way.signal })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (text) { told.replaceChildren.apply(told, new DOMParser().parseFromString(text, "text/html").body.childNodes); })
      .catch(function () {}); /* a newer look is under way, or the line is down: the save tells it again */
  }

  let timer = 0;
  document.addEventListener("input", function (event) {
    if (!event.target.matches || !event.target.matches("[data-formula]")) return;
    clearTimeout(timer);
    timer = setTimeout(check, 500, event.target);
  });
  document.addEventListener("focusin", function (event) {
    const area = event.target;
    if (!area.matches || !area.matches("[data-formula]") || !area.value.trim()) return;
    const told = document.getElementById("t-" + area.name);
    if (told && !told.childElementCount) check(area);
  });
})();
