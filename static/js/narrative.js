/* Narratives: insert a bound figure, a heading or a list at the cursor; count the characters; take proposed sentences. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  function areaOf(element) { return document.getElementById(element.closest("[data-narrative]").dataset.narrative); }

  /* Where the cursor stands; a text in which nobody has set one yet goes on at its end. */
  const visited = new WeakSet();
  form.addEventListener("focusin", function (event) {
    if (event.target.tagName === "TEXTAREA") visited.add(event.target);
  });

  function insert(area, text) {
    if (!visited.has(area)) area.setSelectionRange(area.value.length, area.value.length);
    area.focus();
    const from = area.selectionStart;
    const to = area.selectionEnd;
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* At the beginning of the line in which the cursor stands, on a line of its own; `behind` follows the cursor. */
  function lineStart(area, sign, behind) {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const line = area.value.slice(from).split("\n", 1)[0];
    if (line.trim()) {
      area.setSelectionRange(from + line.length, from + line.length);
      insert(area, "\n" + sign + behind);
    } else {
      area.setSelectionRange(from, from + line.length);
      insert(area, sign + behind);
    }
    const at = area.selectionStart - behind.length;
    area.setSelectionRange(at, at);
  }

  function count(area) {
    const shown = document.getElementById("count-" + area.id);
    if (!shown) return;
    const length = Array.from(area.value).length;
    shown.querySelector("b").textContent = length.toLocaleString("en-US");
    shown.classList.toggle("over", length > Number(shown.dataset.limit));
  }

  form.addEventListener("input", function (event) {
    if (event.target.tagName === "TEXTAREA") count(event.target);
  });

  /* ── 插入数据: one list for the page, moved to the bar that asks for it ── */
  const source = document.getElementById("figures");
  let list = null;
  let area = null;

  function build() {
    list = document.createElement("div");
    list.className = "insert-list";
    list.setAttribute("data-not-saved", "");
    list.innerHTML = '<div class="insert-tools"><input type="search" class="control" aria-label="查找数据项" ' +
      'placeholder="输入名称查找"><select class="control" aria-label="金额单位"><option value="">按报告单位</option>' +
      '<option>元</option><option>千元</option><option>万元</option></select></div><div class="insert-items"></div>';
    const items = list.querySelector(".insert-items");
    source.querySelectorAll("section").forEach(function (section) {
      const group = document.createElement("div");
      const title = document.createElement("h4");
      title.textContent = section.dataset.title;
      group.append(title);
      section.querySelectorAll("li").forEach(function (item) {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.name = item.dataset.name;
        button.dataset.money = item.dataset.money || "";
        const label = document.createElement("span");
        label.textContent = item.dataset.label;
        const figure = document.createElement("span");
        figure.className = "figure";
        figure.textContent = item.dataset.value || "未填";
        button.append(label, figure);
        group.append(button);
      });
      items.append(group);
    });
    const search = list.querySelector("input");
    search.addEventListener("input", function () {
      const words = search.value.trim();
      items.querySelectorAll("button").forEach(function (button) {
        button.hidden = words !== "" && !button.textContent.includes(words);
      });
      items.querySelectorAll("div").forEach(function (group) {
        group.hidden = !group.querySelector("button:not([hidden])");
      });
    });
    list.addEventListener("click", function (event) {
      const button = event.target.closest("button");
      if (!button) return;
      const unit = button.dataset.money ? list.querySelector("select").value : "";
      insert(area, "{" + button.dataset.name + (unit ? "|" + unit : "") + "}");
      close();
    });
    list.addEventListener("keydown", function (event) {
      const buttons = Array.from(items.querySelectorAll("button:not([hidden])"));
      const at = buttons.indexOf(document.activeElement);
      if (event.key === "Escape") { close(); area.focus(); }
      else if (event.key === "ArrowDown" && buttons[at + 1]) buttons[at + 1].focus();
      else if (event.key === "ArrowUp" && at > 0) buttons[at - 1].focus();
      else if (event.key === "Enter" && document.activeElement === search && buttons[0]) buttons[0].click();
      else return;
      event.preventDefault();
    });
  }

  function close() {
    if (!list || !list.isConnected) return;
    list.closest(".bar").querySelector("[data-insert]").setAttribute("aria-expanded", "false");
    list.remove();
  }

  document.addEventListener("click", function (event) {
    if (list && list.isConnected && !list.contains(event.target) && !event.target.closest("[data-insert]")) close();
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-insert]")) {
      const open = list && list.isConnected && list.parentElement === button.closest(".bar");
      close();
      if (open) return;
      if (!list) build();
      area = areaOf(button);
      button.closest(".bar").append(list);
      button.setAttribute("aria-expanded", "true");
      list.querySelector("input").focus();
    } else if (button.matches("[data-heading]")) {
      lineStart(areaOf(button), button.dataset.heading, button.dataset.behind || "");
      const menu = button.closest("details.menu");
      if (menu) menu.open = false;
    } else if (button.matches("[data-sentence]")) {
      insert(areaOf(button), button.dataset.sentence);
    } else if (button.matches("[data-sentences]")) {
      const texts = Array.from(button.closest(".sentences").querySelectorAll("[data-sentence]"), function (one) {
        return one.dataset.sentence;
      });
      insert(areaOf(button), texts.join(""));
      button.closest(".sentences").textContent = "";
    } else if (button.matches("[data-close]")) button.closest(".sentences").textContent = "";
  });
})();
