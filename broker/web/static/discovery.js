// Filters the list while somebody writes; without this script the search button does the same.
// fold() is folding.fold of the server; a test compares the two.
"use strict";

const LETTERS = { "å": "a", "æ": "a", "ä": "a", "ø": "o", "ö": "o", "ß": "s", "ü": "u" };
const GENERIC = new Set(["region", "regionen", "kommune", "kommunes", "kommunen", "municipality", "of",
  "sygehus", "sygehuset", "hospital", "hospitalet", "privathospital", "privathospitalet", "apotek",
  "apoteket", "pharmacy", "the", "danmark", "denmark"]);

const fold = (text) => text.normalize("NFC").toLowerCase()
  .replace(/[åæäøößü]/g, (letter) => LETTERS[letter])
  .normalize("NFD").replace(/\p{M}/gu, "")
  .replace(/aa|ae/g, "a").replaceAll("oe", "o")
  .replace(/[^a-z0-9]+/g, " ").trim();

const told = (text) => {
  const words = fold(text).split(" ").filter(Boolean);
  const own = words.filter((word) => !GENERIC.has(word));
  return own.length ? own : words;
};

const field = document.getElementById("q");
const items = [...document.querySelectorAll("[data-find]")];
const groups = [...document.querySelectorAll(".group")];
const many = document.getElementById("found-many");
const none = document.getElementById("found-none");
let waiting = 0;

const say = (count, wanted) => {
  const counted = count === 1 ? many.dataset.one : many.dataset.many.replace("{}", String(count));
  many.textContent = wanted && count ? counted : "";
  none.textContent = wanted && !count ? none.dataset.none : "";
};

const filter = () => {
  const words = field.value.includes("@") ? [] : told(field.value);
  let count = 0;
  for (const item of items) {
    const known = item.dataset.find.split(" ");
    const hit = words.every((word) => known.some((one) => one.startsWith(word)));
    item.hidden = !hit;
    count += hit ? 1 : 0;
  }
  for (const group of groups) {
    group.hidden = !group.querySelector("[data-find]:not([hidden])");
    if (group instanceof HTMLDetailsElement) group.open = words.length > 0;
  }
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => say(count, words.length > 0), 600);
};

if (field instanceof HTMLInputElement && items.length) {
  field.addEventListener("input", filter);
  if (field.value) filter();
}
// Of a mail address only the domain leaves the browser.
field?.form?.addEventListener("submit", () => { field.value = field.value.replace(/^.*@/, ""); });
// The choice of somebody who filtered counts as one that was searched for.
document.getElementById("choose")?.addEventListener("submit", (event) => {
  if (!field?.value || event.target.elements.namedItem("searched")) return;
  const searched = document.createElement("input");
  Object.assign(searched, { type: "hidden", name: "searched", value: "1" });
  event.target.append(searched);
});
