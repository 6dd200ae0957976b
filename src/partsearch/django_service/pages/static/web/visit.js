// Goes to an address of the page without leaving it: fetches the page, and takes its results, its faults and its title.

import { replaceKeepingPlace } from "./place.js";

const ANNOUNCEMENT_PAUSE = 2000;

let underway = new AbortController();
let isVisiting = false;
let lastRecord = "";
let announcing = 0;

// record: "entry" for a new step in the history, "none" for none, anything else for one step a run of equal records.
// withForm: the form too is to show the search of the address. moveFocus: the reader is led to the results.
export async function visit(address, { record, withForm = false, moveFocus = false }) {
  underway.abort();
  underway = new AbortController();
  const { signal } = underway;
  isVisiting = true;
  document.getElementById("results").setAttribute("aria-busy", "true");
  try {
    const response = await fetched(address, signal);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!fresh.getElementById("results")) throw new Error(`No page at ${address}: ${response.status}.`);
    remember(address, record);
    show(fresh, withForm);
    isVisiting = false;
    document.dispatchEvent(new Event("search-shown"));
    if (moveFocus) leadToResults();
  } catch (error) {
    // Whatever went wrong, the browser's own way of going there shows it, or mends it.
    if (error.name !== "AbortError") location.assign(address);
  }
}

// Shows what the search finds by now, and leaves the reader's place and everything else as it is. What cannot be had
// is not missed: the results stay. Whoever goes somewhere meanwhile goes there.
export async function refresh() {
  if (isVisiting) return;
  const { signal } = underway;
  try {
    const response = await fetch(location.href, { signal, headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || signal.aborted) return;
    replaceKeepingPlace(document.getElementById("results"), fresh.getElementById("results"));
    clearTimeout(announcing);
    announcing = setTimeout(announce, ANNOUNCEMENT_PAUSE);
  } catch (error) {
    if (error.name !== "AbortError") console.debug("The results could not be fetched anew.", error);
  }
}

function announce() {
  clearTimeout(announcing);
  document.getElementById("announcement").textContent = document.getElementById("results").dataset.announcement;
}

// A site that limits how often it is asked says when to come back; who types fast is not to see that as an error.
async function fetched(address, signal) {
  const ask = () => fetch(address, { signal, headers: { Accept: "text/html" } });
  const response = await ask();
  if (response.status !== 429) return response;
  const seconds = Number(response.headers.get("Retry-After")) || 1;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return ask();
}

function remember(address, record) {
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
    take(fresh, "search");
  } else {
    takeFaults(fresh);
  }
  take(fresh, "languages");
  take(fresh, "results");
  announce();
}

function take(fresh, id) {
  document.getElementById(id).replaceWith(fresh.getElementById(id));
}

// The fields keep what is being typed into them; what is wrong with it is said beside them.
function takeFaults(fresh) {
  for (const fault of document.querySelectorAll("#search .fault")) {
    fault.textContent = fresh.getElementById(fault.id).textContent;
  }
  for (const field of document.querySelectorAll("#search [aria-describedby]")) {
    field.toggleAttribute("aria-invalid", fresh.getElementById(field.id).hasAttribute("aria-invalid"));
    if (field.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
  }
}

function leadToResults() {
  const results = document.getElementById("results");
  results.focus({ preventScroll: true });
  results.scrollIntoView({ block: "start" });
}
