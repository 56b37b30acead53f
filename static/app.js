/* Loaded at once, before the page is drawn, so that nothing moves later. Every page: marks that script runs, gives htmx the CSRF token, closes menus, brings a link's box into focus.
   Chromium from 86; strict CSP, so nothing is written into attributes. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  /* Signing in again in another tab renews the token, so the cookie is read at the moment it is needed. */
  function csrfToken() {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    const hidden = document.querySelector("input[name=csrfmiddlewaretoken]");
    return found ? decodeURIComponent(found[1]) : hidden ? hidden.value : "";
  }

  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* A finding's link leads to a box: open what hides it and put the cursor in. */
  function reveal(id) {
    const target = document.getElementById(id);
    if (!target) return false;
    for (let node = target.parentElement; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    /* Of a finding it is the explanation that one comes for, of a group of buttons the first. */
    target.querySelectorAll("details").forEach(function (details) { details.open = true; });
    const box = target.querySelector("textarea, input:not([type=hidden])");
    target.scrollIntoView({ block: "center" });
    (target.matches("input, select, textarea") ? target : box || target).focus({ preventScroll: true });
    return true;
  }

  function revealHash() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id && id !== "content") reveal(id);
  }
  window.addEventListener("hashchange", revealHash);
  window.addEventListener("DOMContentLoaded", revealHash);
  window.addEventListener("load", revealHash); /* the browser's own jump to the fragment comes in between */
  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href*='#']");
    if (!link || link.pathname !== location.pathname || link.hash !== location.hash) return;
    if (reveal(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
  });

  /* A save by button leads to `?done=step`: what this browser kept of that step is stored now. */
  const address = new URL(location.href);
  const done = address.searchParams.get("done");
  if (done) {
    const report = address.pathname.split("/")[2];
    Object.keys(localStorage).forEach(function (key) {
      if (key.startsWith("jixiao:") && key.endsWith("/" + report + "/" + done)) localStorage.removeItem(key);
    });
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }

  window.jixiao = { csrfToken: csrfToken, reveal: reveal };
})();
