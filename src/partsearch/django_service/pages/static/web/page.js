// Shows results while the user fills in the form. Without JavaScript the form works by its button.

import { addressOf } from "./address.js";
import { forgetOtherCars, narrowModels } from "./models.js";
import { visit } from "./visit.js";

const TYPING_DELAY = 350;
const NARROW_SCREEN = matchMedia("(max-width: 60rem)");
let typing = 0;

const searchForm = () => document.getElementById("search");
const isOfSearch = (target) => target instanceof Element && target.closest("form")?.id === "search";
const isTextField = (target) => target.matches("input:not([type=radio])");

function search(record) {
  clearTimeout(typing);
  return visit(addressOf(searchForm()), { record });
}

function foldOnNarrowScreens() {
  const more = document.getElementById("more");
  const fields = [...more.querySelectorAll("input:not([type=radio]), select, input:checked")];
  if (NARROW_SCREEN.matches && fields.every((field) => !field.value)) more.open = false;
}

document.addEventListener("input", ({ target }) => {
  if (isOfSearch(target) && isTextField(target)) {
    clearTimeout(typing);
    typing = setTimeout(() => search(`typed ${target.name}`), TYPING_DELAY);
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
  clearTimeout(typing);
  visit(link.href, { record: "entry", withForm: true, moveFocus: true });
});

addEventListener("popstate", () => {
  clearTimeout(typing);
  visit(location.href, { record: "none", withForm: true });
});

foldOnNarrowScreens();
