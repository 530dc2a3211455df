// Filters the list while somebody writes; without this script the search button does the same.
// spell() and squeeze() are those of folding.py; a test compares them.
"use strict";

const LETTERS = { "å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "ß": "ss", "ü": "u" };
const GENERIC = new Set(["region", "regionen", "kommune", "kommunes", "kommunen", "municipality", "of",
  "sygehus", "sygehuset", "hospital", "hospitalet", "privathospital", "privathospitalet", "apotek",
  "apoteket", "pharmacy", "the", "danmark", "denmark"]);

const spell = (text) => text.normalize("NFC").toLowerCase()
  .replace(/[åæäøößü]/g, (letter) => LETTERS[letter])
  .normalize("NFD").replace(/\p{M}/gu, "")
  .replace(/[^a-z0-9]+/g, " ").trim();
const squeeze = (spelt) => spelt.replace(/aa|ae/g, "a").replaceAll("oe", "o");

const told = (text) => {
  const words = spell(text).split(" ").filter(Boolean);
  const own = words.filter((word) => !GENERIC.has(word));
  return own.length ? own : words;
};

const hits = (words, change) => items.filter((item) => {
  const known = change(item.dataset.find).split(" ");
  return words.every((word) => known.some((one) => one.startsWith(change(word))));
});

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
  const written = hits(words, (text) => text);
  const found = new Set(written.length ? written : hits(words, squeeze));
  for (const item of items) item.hidden = !found.has(item);
  for (const group of groups) {
    group.hidden = !group.querySelector("[data-find]:not([hidden])");
    if (group instanceof HTMLDetailsElement) group.open = words.length > 0;
  }
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => say(found.size, words.length > 0), 600);
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
