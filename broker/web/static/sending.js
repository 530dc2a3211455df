// Goes on by itself after a moment in which the choice can be changed. It waits until the page has
// been loaded, so that the browser keeps it in its history and Back leads here.
"use strict";

const onward = document.getElementById("onward");
let staying = false;

const go = () => {
  if (staying || !onward) return;
  if (onward instanceof HTMLFormElement) HTMLFormElement.prototype.submit.call(onward);
  else window.location.assign(onward.dataset.target);
};

for (const link of document.querySelectorAll("a")) {
  link.addEventListener("click", () => { staying = true; });
  link.addEventListener("focus", () => { staying = true; });
}
// A page that comes out of the browser's store was left before: the person came back to change.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) staying = true;
  else window.setTimeout(go, 700);
});
