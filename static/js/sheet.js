/* The report in a frame: show the chapter asked for (?at=), without moving the page around it. */
(function () {
  "use strict";

  const asked = new URLSearchParams(window.location.search).get("at");
  const heading = asked && document.getElementById("s-" + asked);
  if (heading) window.scrollTo(0, window.scrollY + heading.getBoundingClientRect().top - 24);
})();
