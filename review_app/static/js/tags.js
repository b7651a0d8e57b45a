// The tag picker: a select with several choices becomes a box that finds by name, English or pinyin initials (data-pinyin).
import { fresh, library, text } from "./page.js";

function dress(select) {
  new window.TomSelect(select, {
    plugins: { remove_button: { title: text("remove") } },
    create: false,
    maxOptions: 60,
    searchField: ["text", "pinyin"],
    hideSelected: true,
    closeAfterSelect: true,
    render: {
      no_results: () => Object.assign(document.createElement("div"), { className: "no-results", textContent: text("no-tag") }),
    },
  });
  select.setAttribute("aria-hidden", "true"); // the box beside it is named by the same label
}

function addQuickly(button) {
  const select = document.getElementById(button.dataset.tagFor);
  select.tomselect.addItem(button.dataset.tagAdd);
}

export async function start(root) {
  const selects = fresh(root, "select[data-tags]");
  await library("tom-select");
  selects.forEach(dress);
  fresh(root, "[data-tag-add]").forEach((button) => button.addEventListener("click", () => addQuickly(button)));
}
