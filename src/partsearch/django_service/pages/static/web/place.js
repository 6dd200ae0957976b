// Puts newer results in the place of older ones while somebody reads them: what is open stays open, the focus stays.

const rowNumber = (element) => element.closest("tr")?.querySelector(".part-number").textContent;
const fold = "details";
const stop = "a, summary";

// An element of other results that is in the same part, or in no part, and says the same; null where there is none.
function counterpart(element, results, selector) {
  const isSame = (other) =>
    rowNumber(other) === rowNumber(element) &&
    other.textContent === element.textContent &&
    other.getAttribute("href") === element.getAttribute("href");
  return [...results.querySelectorAll(selector)].find(isSame) ?? null;
}

export function replaceKeepingPlace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const focus = focused === old ? fresh : focused && counterpart(focused, fresh, stop);
  for (const opened of old.querySelectorAll(`${fold}[open]`)) {
    const again = counterpart(opened, fresh, fold);
    if (again) again.open = true;
  }
  const { scrollX, scrollY } = window;
  old.replaceWith(fresh);
  scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  if (focused) (focus ?? fresh).focus({ preventScroll: true });
}
