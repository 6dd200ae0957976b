// Replaces the results with newer ones and keeps the focus, the scroll position and what the user has unfolded.

const rowNumber = (element) => element.closest("tr")?.querySelector(".part-number").textContent;
const FOLD = "details";
const FOCUSABLE = "a, summary";

// Returns the element of the new results with the same text in the row of the same part, or null if there is none.
function counterpart(element, results, selector) {
  const isSame = (other) =>
    rowNumber(other) === rowNumber(element) &&
    other.textContent === element.textContent &&
    other.getAttribute("href") === element.getAttribute("href");
  return [...results.querySelectorAll(selector)].find(isSame) ?? null;
}

export function replaceKeepingPlace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const focus = focused === old ? fresh : focused && counterpart(focused, fresh, FOCUSABLE);
  for (const opened of old.querySelectorAll(`${FOLD}[open]`)) {
    const again = counterpart(opened, fresh, FOLD);
    if (again) again.open = true;
  }
  const { scrollX, scrollY } = window;
  old.replaceWith(fresh);
  scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  if (focused) (focus ?? fresh).focus({ preventScroll: true });
}
