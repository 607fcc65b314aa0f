/* Single keys on staff pages, for who has turned them on. Nothing needs them: each does what a
   link, a box or a field on the page does. */
(function () {
  "use strict";

  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll("#rows tbody tr"));
  }

  function here() {
    var row = document.activeElement && document.activeElement.closest("#rows tbody tr");
    return row ? rows().indexOf(row) : -1;
  }

  function move(by) {
    var all = rows();
    var to = all[Math.max(0, Math.min(all.length - 1, here() + by))];
    var link = to && to.querySelector("th a");
    if (link) { link.focus(); }
  }

  function select() {
    var row = rows()[here()];
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.click(); }
  }

  function follow(selector) {
    var link = document.querySelector(selector);
    if (link) { link.click(); }
  }

  function filter() {
    var field = document.querySelector("#asked input:not([type=hidden]), #asked select");
    var fold = field && field.closest("details");
    if (fold) { fold.open = true; }
    if (field) { field.focus(); }
  }

  var deeds = {
    j: function () { move(1); },
    k: function () { move(-1); },
    x: select,
    n: function () { follow("a[rel=next]"); },
    p: function () { follow("a[rel=prev]"); },
    "/": filter,
    w: function () { follow("a.brand"); },
    "?": function () { follow("a[data-keys]"); }
  };

  function typing(where) {
    var kind = where.localName;
    return kind === "textarea" || kind === "select" || where.isContentEditable ||
      (kind === "input" && where.type !== "checkbox" && where.type !== "radio");
  }

  document.addEventListener("keydown", function (event) {
    var deed = deeds[event.key.toLowerCase()];
    if (!deed || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (typing(event.target)) { return; }
    event.preventDefault();
    deed();
  });
}());
