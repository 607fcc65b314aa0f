/* Sends each selected file at once, piece by piece, and goes on after a broken connection. Without
   this script files are sent with the form; nothing else depends on it. */
(function () {
  "use strict";
  if (!window.fetch || !window.FormData || !Blob.prototype.slice) { return; }
  var PIECE = 1048576; /* what a broken connection loses at most */
  var PAUSES = [1, 2, 4, 8, 15, 30, 30, 30, 30, 30]; /* seconds; then the reader tries again */
  var busy = 0;

  function token(box) { return box.closest("form").elements.csrf_token.value; }

  function post(box, address, body, done, problem, away) {
    fetch(address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": token(box), "Accept": "application/json" },
      body: body
    }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (answer.status >= 500 || answer.status === 429) { away(); return; }
      if (answer.type === "opaqueredirect" || kind.indexOf("application/json") !== 0) {
        problem(answer.status === 0 || answer.status === 400 || answer.status === 403
          ? box.dataset.ended : box.dataset.failed);
        return;
      }
      answer.json().then(function (told) {
        if (told.problem) { problem(told.problem); } else { done(told); }
      }, away);
    }, away);
  }

  function line(box, file) {
    var item = document.createElement("li");
    var name = document.createElement("b");
    var meter = document.createElement("progress");
    var words = document.createElement("span");
    name.textContent = file.name;
    name.setAttribute("translate", "no");
    meter.max = file.size || 1;
    meter.value = 0;
    meter.setAttribute("aria-label", file.name);
    words.textContent = box.dataset.sending;
    item.append(name, meter, words);
    box.querySelector(".uploads-now").appendChild(item);
    return { item: item, meter: meter, words: words };
  }

  function send(box, file, over) {
    var shown = line(box, file);
    var failures = 0;

    function end(words, wrong) {
      shown.meter.remove();
      shown.words.textContent = words;
      shown.item.className = wrong ? "wrong" : "sent";
      over();
    }
    function problem(words) { end(words, true); }
    function away() {
      if (failures >= PAUSES.length) { end(box.dataset.failed, true); return; }
      shown.words.textContent = box.dataset.waiting;
      window.setTimeout(begin, PAUSES[failures] * 1000);
      failures += 1;
    }
    /* Asks where the file is, which is its beginning for a new one. */
    function begin() {
      var asked = new FormData();
      asked.append("name", file.name);
      asked.append("size", file.size);
      asked.append("modified", file.lastModified || 0);
      post(box, box.dataset.uploads, asked, function (told) {
        shown.words.textContent = box.dataset.sending;
        piece(told.at, told.offset);
      }, problem, away);
    }
    function piece(at, offset) {
      var octets = file.slice(offset, offset + PIECE);
      post(box, at + "?offset=" + offset, octets, function (told) {
        failures = 0;
        shown.meter.value = told.offset;
        if (told.list === undefined) { piece(at, told.offset); return; }
        box.querySelector(".uploads-list").innerHTML = told.list;
        end(told.said || box.dataset.sent, false);
        if (!told.said) { shown.item.remove(); } /* the list has it */
      }, problem, away);
    }
    begin();
  }

  function queue(box, files) {
    var left = files.slice();
    function next() {
      var file = left.shift();
      if (!file) { busy -= 1; return; }
      send(box, file, next);
    }
    busy += 1;
    next();
  }

  Array.prototype.forEach.call(document.querySelectorAll(".uploads"), function (box) {
    if (!box.dataset.uploads) { return; }
    box.classList.add("scripted");
    box.addEventListener("change", function (event) {
      if (event.target.type !== "file" || !event.target.files.length) { return; }
      var old = box.querySelectorAll(".uploads-now .wrong, .uploads-now .sent");
      Array.prototype.forEach.call(old, function (item) { item.remove(); });
      queue(box, Array.prototype.slice.call(event.target.files));
      event.target.value = ""; /* they are sent here, and not a second time with the form */
    });
    box.closest("form").addEventListener("submit", function (event) {
      if (!busy) { return; }
      event.preventDefault();
      var told = box.querySelector(".uploads-busy") || document.createElement("li");
      told.className = "uploads-busy";
      told.textContent = box.dataset.busy;
      if (box.querySelector("progress")) { box.querySelector(".uploads-now").appendChild(told); }
    });
  });
}());
