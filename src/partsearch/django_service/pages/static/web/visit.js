// Opens an address of the page without loading it anew: fetches it and shows its results, field errors and title.

import { replaceKeepingPlace } from "./place.js";

const ANNOUNCEMENT_DELAY = 2000;

let controller = new AbortController();
let isVisiting = false;
let lastRecord = "";
let announcing = 0;

// record: "entry" adds an entry to the history, "none" adds none; calls in a row with the same other text share one.
// withForm: the form shows the search of the address too. moveFocus: the focus moves to the results.
export async function visit(address, { record, withForm = false, moveFocus = false }) {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  isVisiting = true;
  document.getElementById("results").setAttribute("aria-busy", "true");
  try {
    const response = await fetchPage(address, signal);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!fresh.getElementById("results")) throw new Error(`No page at ${address}: ${response.status}.`);
    recordVisit(address, record);
    show(fresh, withForm);
    isVisiting = false;
    document.dispatchEvent(new Event("search-shown"));
    if (moveFocus) focusResults();
  } catch (error) {
    // The browser opens the address itself: it succeeds or shows the error.
    if (error.name !== "AbortError") location.assign(address);
  }
}

// Shows the current results of the search and keeps the user's place on the page. After an error the old results stay.
// A visit that the user begins meanwhile takes precedence.
export async function refresh() {
  if (isVisiting) return;
  const { signal } = controller;
  try {
    const response = await fetch(location.href, { signal, headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || signal.aborted) return;
    replaceKeepingPlace(document.getElementById("results"), fresh.getElementById("results"));
    clearTimeout(announcing);
    announcing = setTimeout(announce, ANNOUNCEMENT_DELAY);
  } catch (error) {
    if (error.name !== "AbortError") console.debug("The results could not be refreshed.", error);
  }
}

function announce() {
  clearTimeout(announcing);
  document.getElementById("announcement").textContent = document.getElementById("results").dataset.announcement;
}

// With a rate limit, fast typing can get a 429. The user does not see it: the request is repeated after Retry-After.
async function fetchPage(address, signal) {
  const request = () => fetch(address, { signal, headers: { Accept: "text/html" } });
  const response = await request();
  if (response.status !== 429) return response;
  const seconds = Number(response.headers.get("Retry-After")) || 1;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return request();
}

function recordVisit(address, record) {
  const isSame = new URL(address, location.href).href === location.href;
  if (record !== "none") {
    const replaces = isSame || (record !== "entry" && record === lastRecord);
    history[replaces ? "replaceState" : "pushState"](null, "", address);
  }
  lastRecord = record;
}

function show(fresh, withForm) {
  document.title = fresh.title;
  if (withForm) {
    fresh.getElementById("more").open = document.getElementById("more").open;
    replaceElement(fresh, "search");
  } else {
    showFieldErrors(fresh);
  }
  replaceElement(fresh, "languages");
  replaceElement(fresh, "results");
  announce();
}

function replaceElement(fresh, id) {
  document.getElementById(id).replaceWith(fresh.getElementById(id));
}

// The fields keep what the user types; only the errors beside them change. The ids and classes with "fault" stay the
// same in every release: a page that is open during a deployment gets its results from the new release.
function showFieldErrors(fresh) {
  for (const error of document.querySelectorAll("#search .fault")) {
    error.textContent = fresh.getElementById(error.id).textContent;
  }
  for (const field of document.querySelectorAll("#search [aria-describedby]")) {
    field.toggleAttribute("aria-invalid", fresh.getElementById(field.id).hasAttribute("aria-invalid"));
    if (field.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
  }
}

function focusResults() {
  const results = document.getElementById("results");
  results.focus({ preventScroll: true });
  results.scrollIntoView({ block: "start" });
}
