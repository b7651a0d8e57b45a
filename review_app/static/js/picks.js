// Picking rows of a table: all at once, how many, and acts that wait until something is picked; or all there is, on
// whatever page (data-pick-every, its number of rows).
import { fresh, text } from "./page.js";

function refresh(form) {
  const boxes = [...form.elements].filter((box) => box.matches("[data-pick]"));
  const count = boxes.filter((box) => box.checked).length;
  boxes.forEach((box) => {
    const row = box.closest("tr, [data-row]");
    if (row) row.classList.toggle("is-selected", box.checked);
  });
  const all = [...form.elements].find((box) => box.matches("[data-pick-all]"));
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  const every = [...form.elements].find((box) => box.matches("[data-pick-every]") && box.checked);
  const chosen = every ? Number(every.dataset.pickEvery) : count;
  const words = form.querySelector("[data-batch-count]");
  if (words) words.textContent = chosen ? text("picked", { count: chosen }) : "";
  [...form.elements].filter((element) => element.matches("button")).forEach((button) => { button.disabled = chosen === 0; });
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches("[data-pick], [data-pick-all], [data-pick-every]") || !box.form || !box.form.matches("[data-batch]")) return;
  if (box.matches("[data-pick-all]")) {
    [...box.form.elements].filter((other) => other.matches("[data-pick]")).forEach((other) => { other.checked = box.checked; });
  }
  refresh(box.form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-batch]").forEach(refresh));

export function start(root) {
  fresh(root, "form[data-batch]").forEach(refresh);
}
