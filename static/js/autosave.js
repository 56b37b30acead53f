/* Saves a chapter two seconds after the last key and when a box is left. One request at a time; what is not yet
   confirmed lies in this browser's storage and is offered again after a crash. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const IDLE = 2000;
  const RETRY = 15000;
  const state = document.getElementById("save-state");
  const bar = document.getElementById("save-notice");
  const key = "jixiao:" + form.dataset.key;

  let timer = null;
  let sending = false;
  let stopped = false;
  let leaving = false;
  let waiting = null;
  let queued = null;
  let saved = serialise();

  function isPaste(name) { return /\.paste(-at)?$/.test(name); }

  function serialise() {
    const data = new FormData(form);
    data.delete("csrfmiddlewaretoken");
    Array.from(data.keys()).forEach(function (name) {
      if (isPaste(name) || name === "base" || /revision$/.test(name)) data.delete(name);
    });
    return new URLSearchParams(data).toString();
  }

  function dirty() { return serialise() !== saved; }

  function say(name, words) {
    state.dataset.state = name;
    state.textContent = words;
  }

  function notice(words, action) {
    bar.textContent = "";
    bar.hidden = !words;
    if (!words) return;
    bar.append(words);
    if (action) bar.append(" ", action);
  }

  /* `submitted`: on its way by a button; the page that the save leads to takes the copy away (app.js, ?done=). */
  function keep(submitted) {
    const copy = { at: Date.now(), submitted: Boolean(submitted), typed: serialise(), revisions: revisions(), base: value("base") };
    try {
      localStorage.setItem(key, JSON.stringify(copy));
    } catch (error) {
      /* Storage full or switched off: the page itself still holds the text, and says so when saving fails. */
      console.warn(error);
    }
  }

  function value(name) {
    const box = form.elements.namedItem(name);
    return box ? box.value : "";
  }

  function revisions() {
    return Array.from(form.querySelectorAll("[data-revision]"), function (box) { return [box.name, box.value]; });
  }

  function changed(event) {
    if (event && event.target.closest && event.target.closest("[data-not-saved]")) return;
    clearTimeout(timer);
    if (!dirty()) return;
    keep();
    if (stopped) return;
    if (!sending) say("typing", "尚未保存");
    timer = setTimeout(send, IDLE);
  }

  function body(extra) {
    const data = new FormData(form);
    /* A block that was refused stays in its box; it is sent when it is to be laid into its grid only. */
    Array.from(data.keys()).filter(isPaste).forEach(function (name) { data.delete(name); });
    Object.keys(extra || {}).forEach(function (name) { data.set(name, extra[name]); });
    return new URLSearchParams(data);
  }

  async function send(extra) {
    clearTimeout(timer);
    if (sending) {
      queued = extra || queued;
      return;
    }
    if (stopped || leaving) return;
    sending = true;
    const sent = serialise();
    say("saving", "正在保存…");
    let again = 0;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        body: body(extra),
        headers: { "X-CSRFToken": window.jixiao.csrfToken(), Accept: "application/json" },
        credentials: "same-origin",
      });
      again = await answer(response, sent);
    } catch (error) {
      say("failed", "未能保存，已保留在本页");
      notice("连接不上服务器，您的内容保留在本页和本机，系统会继续重试。");
      again = RETRY;
    }
    sending = false;
    if (extra) form.dispatchEvent(new CustomEvent("jixiao:pasted", { detail: { block: extra, stored: leaving || state.dataset.state === "saved" } }));
    if (waiting) {
      const button = waiting;
      waiting = null;
      form.requestSubmit(button);
    } else if (queued) {
      const next = queued;
      queued = null;
      send(next);
    } else if (again) {
      timer = setTimeout(send, again);
    }
  }

  /* Milliseconds until the next try; 0: not before something is typed again. */
  async function answer(response, sent) {
    const type = response.headers.get("Content-Type") || "";
    if (response.redirected || !type.startsWith("application/json")) {
      if (response.status >= 500) {
        say("failed", "未能保存，已保留在本页");
        notice("服务器暂时不能保存，您的内容保留在本页和本机，系统会继续重试。");
        return RETRY;
      }
      return refused(response);
    }
    const data = await response.json();
    if (data.reload) {
      /* So many rows were pasted that only a window of them is shown. */
      localStorage.removeItem(key);
      leaving = true;
      location.assign(data.reload);
      return 0;
    }
    if (response.ok) return confirmed(data, sent);
    if (response.status === 409) return conflict(data);
    say("failed", "未能保存，已保留在本页");
    if (response.status === 401) return signedOut();
    /* Too much or too long (422) can be mended here; a locked report cannot. */
    stopped = response.status !== 422;
    notice(data.message);
    return 0;
  }

  function confirmed(data, sent) {
    Object.keys(data.revisions).forEach(function (name) { form.elements.namedItem(name).value = data.revisions[name]; });
    form.elements.namedItem("base").value = data.base;
    const typing = serialise() !== sent;
    window.jixiao.show(data.parts, data.invalid);
    saved = data.replaced && !typing ? serialise() : sent;
    if (!dirty()) localStorage.removeItem(key);
    say("saved", "已保存 " + data.saved_at);
    notice("");
    return dirty() ? IDLE : 0;
  }

  function conflict(data) {
    stopped = true;
    say("failed", "未能保存，已保留在本页");
    const compare = document.createElement("button");
    compare.type = "submit";
    compare.name = "do";
    compare.value = "save";
    compare.className = "btn btn-sm btn-plain";
    compare.setAttribute("form", form.id);
    compare.textContent = "对照并合并";
    notice(data.message, compare);
    return 0;
  }

  function refused(response) {
    say("failed", "未能保存，已保留在本页");
    if (response.redirected || response.status === 403) return signedOut();
    notice("内容太多，服务器没有接收。请把长表或长文分次保存，或减少内容后再保存。");
    return 0;
  }

  function signedOut() {
    const link = document.createElement("a");
    link.href = form.dataset.login;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "在新窗口登录";
    notice("登录已过期。您的内容保留在本页和本机；请", link);
    bar.append("，再回到本页点“保存”。");
    return 0;
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", function () { if (dirty()) { clearTimeout(timer); timer = setTimeout(send, 150); } });
  document.addEventListener("visibilitychange", function () { if (document.hidden && dirty()) send(); });
  window.addEventListener("online", function () { if (dirty()) send(); });

  form.addEventListener("submit", function (event) {
    if (sending) {
      event.preventDefault();
      waiting = event.submitter;
      return;
    }
    clearTimeout(timer);
    const token = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) token.value = window.jixiao.csrfToken();
    keep(true);
    leaving = true;
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("beforeunload", function (event) {
    if (leaving || (!dirty() && !sending)) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* After a crash or a lost connection: what was typed and never confirmed. */
  function offer() {
    const text = localStorage.getItem(key);
    if (!text) return;
    const copy = JSON.parse(text);
    if (copy.typed === saved) {
      localStorage.removeItem(key);
      return;
    }
    const at = new Date(copy.at);
    const take = button("恢复到页面", function () { recover(copy); });
    const drop = button("丢弃", function () { localStorage.removeItem(key); notice(""); });
    const time = String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0");
    notice("本机保留着" + (at.getMonth() + 1) + "月" + at.getDate() + "日 " + time + " 没有保存成功的内容。", take);
    bar.append(" ", drop);
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-plain";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function recover(copy) {
    const typed = new URLSearchParams(copy.typed);
    form.dispatchEvent(new CustomEvent("jixiao:rows", { detail: Array.from(typed.keys()) }));
    Array.from(form.elements).forEach(function (box) {
      if (!box.name || box.type === "hidden" || box.tagName === "BUTTON") return;
      const values = typed.getAll(box.name);
      if (box.type === "radio" || box.type === "checkbox") box.checked = values.includes(box.value);
      else if (values.length) box.value = values[0];
      else if (/\[[0-9a-f]+\]\./.test(box.name)) box.value = "";
    });
    /* From the state that it was typed on: if somebody saved since, the two versions are shown side by side. */
    copy.revisions.forEach(function (pair) {
      const box = form.elements.namedItem(pair[0]);
      if (box) box.value = pair[1];
    });
    form.elements.namedItem("base").value = copy.base;
    notice("");
    send();
  }

  window.jixiao.save = send;
  offer();
})();
