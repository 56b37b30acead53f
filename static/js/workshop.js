/* The tree of indicators: sums follow what is typed, keys move between the weights as in Excel, the piece that is clicked
   opens in the drawer beside it. All is read from the page, and without script the server says the same. */
(function () {
  "use strict";

  const tree = document.getElementById("tree");
  const form = document.getElementById("weights");
  if (!tree || !form) return;
  const rows = Array.from(form.querySelectorAll("tbody tr"));
  const boxes = rows.map(function (row) { return row.querySelector(".tree-weight"); }).filter(Boolean);

  /* Points are decimals with few places: whole millionths add up exactly. */
  const PLACES = 6;
  function millionths(text) {
    const plain = text.trim().replace(/[０-９．]/g, function (sign) { return String.fromCharCode(sign.charCodeAt(0) - 0xfee0); });
    const found = plain.match(/^(\d{1,9})(?:\.(\d{1,6}))?$/);
    if (!plain) return 0;
    return found ? Number(found[1]) * 1e6 + Number((found[2] || "").padEnd(PLACES, "0")) : NaN;
  }
  function words(sum) {
    if (Number.isNaN(sum)) return "？";
    const digits = String(Math.abs(sum)).padStart(PLACES + 1, "0");
    const rest = digits.slice(-PLACES).replace(/0+$/, "");
    return digits.slice(0, -PLACES) + (rest ? "." + rest : "");
  }

  function below(code) { return rows.filter(function (row) { return row.dataset.parent === code; }); }
  function weightOf(row) {
    const box = row.querySelector(".tree-weight");
    if (box) return millionths(box.value);
    const sum = below(row.dataset.code).reduce(function (total, child) { return total + weightOf(child); }, 0);
    const shown = row.querySelector(".tree-sum");
    if (shown) shown.textContent = words(sum);
    return sum;
  }

  function addUp() {
    const tops = below("").map(weightOf);
    const sum = tops.reduce(function (total, one) { return total + one; }, 0);
    const wanted = millionths(tree.dataset.total);
    document.getElementById("sums").textContent = tops.map(words).join(" + ") + " = " + words(sum);
    const verdict = document.createElement("span");
    verdict.className = sum === wanted ? "done" : "must_fix";
    if (sum === wanted) verdict.textContent = "✓";
    else if (Number.isNaN(sum)) verdict.textContent = "✗ 有分值不是数字";
    else verdict.textContent = "✗ " + (sum > wanted ? "多 " : "差 ") + words(sum - wanted) + " 分，应为 " + words(wanted) + " 分";
    document.getElementById("sums-verdict").replaceChildren(verdict);
  }

  let sending = false;
  function changed() { return boxes.some(function (box) { return box.value !== box.defaultValue; }); }
  form.addEventListener("input", function (event) {
    if (!event.target.matches(".tree-weight")) return;
    event.target.classList.toggle("changed", event.target.value !== event.target.defaultValue);
    addUp();
  });
  form.addEventListener("submit", function () { sending = true; });
  window.addEventListener("beforeunload", function (event) {
    if (sending || !(changed() || touched)) return;
    event.preventDefault();
    event.returnValue = "";
  });

  form.addEventListener("keydown", function (event) {
    const at = boxes.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const steps = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!steps) return;
    event.preventDefault();
    const next = boxes[at + steps];
    if (next) { next.focus(); next.select(); }
  });

  /* ── a new indicator: its code follows its place ── */
  const grow = document.getElementById("grow");
  if (grow) {
    const place = grow.elements.below;
    const code = grow.elements.code;
    const propose = function () { code.value = place.selectedOptions[0].dataset.proposed; };
    place.addEventListener("change", propose);
    form.addEventListener("click", function (event) {
      const link = event.target.closest("[data-below]");
      if (!link) return;
      event.preventDefault();
      place.value = link.dataset.below;
      propose();
      link.closest("details").open = false;
      grow.scrollIntoView({ block: "center" });
      grow.elements.name.focus({ preventScroll: true });
    });
  }

  /* ── the drawer ── */
  const drawer = document.getElementById("drawer");
  let opened = null;
  let touched = false;
  drawer.addEventListener("input", function (event) {
    if (!event.target.closest(".trial")) touched = true;
  });
  drawer.addEventListener("submit", function (event) {
    if (!event.defaultPrevented) sending = true;
  });
  function mayLeave() {
    return !touched || window.confirm("抽屉里改了的内容还没有保存，离开就丢了。确定离开？");
  }
  function close() {
    drawer.replaceChildren();
    tree.classList.remove("tree-open");
    touched = false;
    if (!opened) return;
    opened.classList.remove("tree-opened");
    opened.querySelector("a").focus();
    opened = null;
  }
  document.addEventListener("htmx:confirm", function (event) {
    if (event.target.closest("#weights") && event.detail.path && !mayLeave()) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target !== drawer) return;
    touched = false;
    if (opened) opened.classList.remove("tree-opened");
    opened = event.detail.requestConfig.elt.closest("tr");
    opened.classList.add("tree-opened");
    tree.classList.add("tree-open");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-plain btn-sm drawer-close";
    button.textContent = "收起";
    button.addEventListener("click", function () { if (mayLeave()) close(); });
    drawer.prepend(button);
    opened.scrollIntoView({ block: "nearest" });
    const box = drawer.querySelector(".piece-all input:not([type=hidden]), .piece-all textarea, .piece-all select");
    (box || button).focus({ preventScroll: true });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && drawer.contains(document.activeElement) && mayLeave()) close();
  });
})();
