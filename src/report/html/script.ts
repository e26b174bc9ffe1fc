/**
 * The script of the page: shows the errors that a search finds, of a kind and a type. Without it, all are shown and
 * the controls are hidden.
 */
export const SCRIPT = `for (const section of document.querySelectorAll(".error-section")) {
  const filters = section.querySelector(".filters");
  if (filters === null) continue;
  const [search, kind, type] = filters.querySelectorAll("input, select");
  const status = section.querySelector("[role=status]");
  const items = Array.from(section.querySelectorAll(".errors > li"), (item) => ({
    item,
    text: item.textContent.toLowerCase(),
    types: item.dataset.types.split("\\n"),
  }));
  const show = () => {
    const asked = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { item, text, types } of items) {
      const fits =
        (kind.value === "" || item.dataset.kind === kind.value) &&
        (type.value === "" || types.includes(type.value)) &&
        asked.every((word) => text.includes(word));
      item.hidden = !fits;
      if (fits) shown++;
    }
    status.textContent = shown.toLocaleString("en-US") + " of " + items.length.toLocaleString("en-US") + " listed errors";
  };
  filters.hidden = false;
  filters.addEventListener("input", show);
  filters.addEventListener("submit", (event) => event.preventDefault());
  show();
}
`;
