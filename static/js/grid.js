/* Grids: arrow keys and Enter move, a block from a spreadsheet goes to the server, which reads it and returns the rows;
   rows are added and removed here. Sums and names of codes come back with every save. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form || !document.querySelector(".grid")) return;

  function boxes(row) { return Array.from(row.querySelectorAll("input, select, textarea")); }
  function rowsOf(code) { return document.getElementById("rows-" + code); }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(4));
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }

  function addRow(code, id) {
    const body = rowsOf(code);
    const pattern = document.querySelector('template[data-pattern="' + code + '"]');
    const holder = document.createElement("tbody");
    holder.innerHTML = pattern.innerHTML.split("__row__").join(id || newId());
    const row = holder.firstElementChild;
    body.append(row);
    number(body);
    return row;
  }

  function number(body) {
    Array.from(body.rows).forEach(function (row, index) {
      row.querySelector(".row-number b").textContent = String(index + Number(body.dataset.first));
    });
  }

  function touched() { form.dispatchEvent(new Event("change")); }

  function move(box, rows, columns) {
    const row = box.closest("tr");
    const column = boxes(row).indexOf(box);
    const body = row.parentElement;
    let next = rows > 0 ? row.nextElementSibling : rows < 0 ? row.previousElementSibling : row;
    if (!next && rows > 0) next = addRow(body.id.slice("rows-".length));
    /* Boxes that do not show now (what is judged, what is folded away) are passed over. */
    let at = column + columns;
    while (next && columns && boxes(next)[at] && !boxes(next)[at].offsetParent) at += columns;
    const target = next && boxes(next)[at];
    if (!target || !target.offsetParent) return false;
    target.focus();
    if (target.select) target.select();
    return true;
  }

  form.addEventListener("keydown", function (event) {
    const box = event.target;
    if (!box.closest(".grid tbody") || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (!box.matches("input, select, textarea")) return;
    const isSelect = box.tagName === "SELECT";
    const start = !isSelect && box.selectionStart === 0 && box.selectionEnd === 0;
    const end = !isSelect && box.selectionStart === box.value.length && box.selectionEnd === box.value.length;
    const all = !isSelect && box.selectionStart === 0 && box.selectionEnd === box.value.length;
    let moved = false;
    if (event.key === "Enter") moved = move(box, event.shiftKey ? -1 : 1, 0) || true;
    else if (event.key === "ArrowDown" && !isSelect && !box.list) moved = box.closest("tr").nextElementSibling && move(box, 1, 0);
    else if (event.key === "ArrowUp" && !isSelect && !box.list) moved = move(box, -1, 0);
    else if (event.key === "ArrowLeft" && (isSelect || start || all)) moved = move(box, 0, -1);
    else if (event.key === "ArrowRight" && (isSelect || end || all)) moved = move(box, 0, 1);
    if (moved) event.preventDefault();
  });

  form.addEventListener("paste", function (event) {
    const box = event.target;
    if (!box.closest || !box.closest(".grid tbody")) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const code = box.closest("[data-grid]").dataset.grid;
    lay(code, text, box.name);
  });

  function lay(code, text, at) {
    const extra = { do: "paste:" + code };
    extra[code + ".paste"] = text;
    extra[code + ".paste-at"] = at;
    window.jixiao.save(extra);
  }

  /* What was not stored is kept in the box below its grid, to be mended and laid again. */
  form.addEventListener("jixiao:pasted", function (event) {
    const block = event.detail.block;
    const code = block.do.slice("paste:".length);
    const box = document.getElementById(code + ".paste");
    box.value = event.detail.stored ? "" : block[box.name];
    if (!event.detail.stored) box.closest("details").open = true;
  });

  form.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.add) {
      event.preventDefault();
      const row = addRow(button.dataset.add);
      boxes(row)[0].focus();
    } else if (button.value.startsWith("paste:")) {
      event.preventDefault();
      lay(button.value.slice("paste:".length), button.closest("details").querySelector("textarea").value, "");
    } else if (button.classList.contains("remove")) {
      event.preventDefault();
      const row = button.closest("tr");
      const near = row.nextElementSibling || row.previousElementSibling;
      const body = row.parentElement;
      row.remove();
      number(body);
      if (near) boxes(near)[0].focus();
      touched();
    }
  });

  /* Recovering typed rows that the page does not have yet. */
  form.addEventListener("jixiao:rows", function (event) {
    event.detail.forEach(function (name) {
      const found = name.match(/^(.+)\[([0-9a-f]+)\]\./);
      if (!found || !rowsOf(found[1])) return;
      if (!rowsOf(found[1]).querySelector('[data-row="' + found[2] + '"]')) addRow(found[1], found[2]);
    });
  });
})();
