/* Two minutes before an idle session ends, say so and offer to continue. Nothing depends on it:
   the footer says when the session ends, and what is typed is kept. */
(function () {
  "use strict";
  var box = document.getElementById("stay");
  if (!box || !window.fetch) { return; }
  var words = document.getElementById("stay-words");
  var idle = Number(box.dataset.idle) * 1000;
  var end = Date.now() + idle;
  var last = null;

  /* The focus stays where the reader types; it goes back there when the box closes. */
  document.addEventListener("focusin", function (event) {
    if (!box.contains(event.target)) { last = event.target; }
  });

  function show(text) {
    if (words.textContent !== text) { words.textContent = text; }
    box.hidden = false;
  }

  function look() {
    var left = end - Date.now();
    if (left <= 0) {
      show(box.dataset.over);
      box.querySelector(".actions").hidden = true;
    } else if (left <= 60000) {
      show(box.dataset.one);
    } else if (left <= 120000) {
      show(box.dataset.two);
    }
  }

  function post(address) {
    return fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": box.dataset.token }
    });
  }

  document.getElementById("stay-on").addEventListener("click", function () {
    post(box.dataset.extend).then(function (answer) {
      if (!answer.ok) { return; }
      end = Date.now() + idle;
      box.hidden = true;
      if (last) { last.focus(); }
    });
  });
  document.getElementById("stay-off").addEventListener("click", function () {
    post(box.dataset.end).then(function () { window.location.reload(); });
  });
  if (box.dataset.extend) { window.setInterval(look, 1000); }
}());
