// The models of the chosen mark.

let underway = new AbortController();

export function forgetOtherCars(form) {
  // The lists show one mark and one model; a link may have brought more, and choosing a mark means that one alone.
  for (const field of form.querySelectorAll("input[type=hidden][name=mark_list], input[type=hidden][name=model_list]")) {
    field.remove();
  }
}

export async function narrowModels(form) {
  const mark = form.elements.mark_list.value;
  const models = form.elements.model_list;
  underway.abort();
  underway = new AbortController();
  offer(models, mark ? form.dataset.loadingModels : form.dataset.noMark, []);
  if (!mark) return;
  try {
    const response = await fetch(`${form.dataset.models}?mark_id=${encodeURIComponent(mark)}`, { signal: underway.signal });
    if (!response.ok) throw new Error(`The models could not be had: ${response.status}.`);
    offer(models, form.dataset.anyModel, (await response.json()).response);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

function offer(models, first, rows) {
  models.replaceChildren(new Option(first, ""), ...rows.map((row) => new Option(row.name, row.id)));
  models.disabled = rows.length === 0;
}
