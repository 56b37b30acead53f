/* The review page: the list of figures stays where it was while a point about one of them is written. */
(function () {
  "use strict";
  const figures = document.querySelector(".desk-figures");
  if (!figures) return;
  const key = "jixiao-figures:" + location.pathname;
  figures.scrollTop = Number(sessionStorage.getItem(key)) || 0;
  figures.addEventListener("scroll", function () {
    sessionStorage.setItem(key, String(figures.scrollTop));
  });
})();
