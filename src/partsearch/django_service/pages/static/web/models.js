// Loads the models of the chosen mark. A browser may hold page.js of another release: its imports keep their names.

let controller = new AbortController();

export function forgetOtherCars(form) {
  // A link can hold more marks and models than the lists show; choosing a mark replaces all of them.
  for (const field of form.querySelectorAll("input[type=hidden][name=mark_list], input[type=hidden][name=model_list]")) {
    field.remove();
  }
}

export async function narrowModels(form) {
  const mark = form.elements.mark_list.value;
  const models = form.elements.model_list;
  controller.abort();
  controller = new AbortController();
  showModels(models, mark ? form.dataset.loadingModels : form.dataset.noMark, []);
  if (!mark) return;
  try {
    const response = await fetch(`${form.dataset.models}?mark_id=${encodeURIComponent(mark)}`, { signal: controller.signal });
    if (!response.ok) throw new Error(`The models could not be loaded: ${response.status}.`);
    showModels(models, form.dataset.anyModel, (await response.json()).response);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

function showModels(models, first, rows) {
  models.replaceChildren(new Option(first, ""), ...rows.map((row) => new Option(row.name, row.id)));
  models.disabled = rows.length === 0;
}
