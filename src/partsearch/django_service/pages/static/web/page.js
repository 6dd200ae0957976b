// Makes the page quicker: results appear while the search is being put together. Without this the page works as it is.

import { addressOf } from "./address.js";
import { forgetOtherCars, narrowModels } from "./models.js";
import { visit } from "./visit.js";

const TYPING_PAUSE = 350;
const NARROW_SCREEN = matchMedia("(max-width: 60rem)");
let pause = 0;

const searchForm = () => document.getElementById("search");
const isOfSearch = (target) => target instanceof Element && target.closest("form")?.id === "search";
const isTextField = (target) => target.matches("input:not([type=radio])");

function search(record) {
  clearTimeout(pause);
  return visit(addressOf(searchForm()), { record });
}

function foldOnNarrowScreens() {
  const more = document.getElementById("more");
  const fields = [...more.querySelectorAll("input:not([type=radio]), select, input:checked")];
  if (NARROW_SCREEN.matches && fields.every((field) => !field.value)) more.open = false;
}

document.addEventListener("input", ({ target }) => {
  if (isOfSearch(target) && isTextField(target)) {
    clearTimeout(pause);
    pause = setTimeout(() => search(`typed ${target.name}`), TYPING_PAUSE);
  }
});

document.addEventListener("change", ({ target }) => {
  if (!isOfSearch(target) || isTextField(target)) return;
  if (target.name === "mark_list") {
    forgetOtherCars(searchForm());
    narrowModels(searchForm());
  }
  search("entry");
});

document.addEventListener("submit", (event) => {
  if (!isOfSearch(event.target)) return;
  event.preventDefault();
  search("entry").then(() => {
    if (NARROW_SCREEN.matches) document.getElementById("results").scrollIntoView();
  });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-live]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  clearTimeout(pause);
  visit(link.href, { record: "entry", withForm: true, moveFocus: true });
});

addEventListener("popstate", () => {
  clearTimeout(pause);
  visit(location.href, { record: "none", withForm: true });
});

foldOnNarrowScreens();
