// The address of the search in a form: its fields without the empty ones.

export function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value.trim() !== "") query.append(name, value.trim());
  }
  const path = form.getAttribute("action").split("#")[0];
  return query.size ? `${path}?${query}` : path;
}
