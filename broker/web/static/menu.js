// Folds a section's menu where it would take more than two lines of a small window. Whoever has no
// script sees all of it, and can fold it by hand.
"use strict";

const menu = document.querySelector(".section-menu");
const list = menu && menu.querySelector("ul");
const small = window.matchMedia("(max-width: 720px)");

const fit = () => {
  menu.open = true;
  const folds = small.matches && list.offsetHeight > 2.5 * list.firstElementChild.offsetHeight;
  menu.classList.toggle("folds", folds);
  menu.open = !folds;
};

if (list) {
  fit();
  small.addEventListener("change", fit);
}
