// Two sheets side by side: a click on a common passage, or J and K, brings it into sight on both sides.
import { fresh } from "./page.js";

const partsOf = (area, passage) => area.querySelectorAll(`[data-passage="${passage}"]`);

function show(area, passage, but) {
  area.querySelectorAll(".mark.is-current").forEach((mark) => mark.classList.remove("is-current"));
  partsOf(area, passage).forEach((mark) => mark.classList.add("is-current"));
  area.querySelectorAll("[data-compare-side]").forEach((side) => {
    const [first] = partsOf(side, passage);
    if (first && side !== but) side.scrollTop += first.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3;
  });
  area.dataset.compare = passage;
  area.querySelector("[data-compare-place]").textContent = `${passage} / ${last(area)}`;
}

function last(area) {
  return Math.max(0, ...[...area.querySelectorAll("[data-passage]")].map((mark) => Number(mark.dataset.passage)));
}

function step(area, by) {
  const next = Number(area.dataset.compare || 0) + by;
  show(area, Math.min(Math.max(next, 1), last(area)));
}

export function start(root) {
  fresh(root, "[data-compare]").forEach((area) => {
    if (last(area) === 0) return;
    area.addEventListener("click", (event) => {
      const link = event.target.closest(".mark-number");
      const mark = link ? link.previousElementSibling : event.target.closest("[data-passage]");
      if (!mark || !mark.dataset.passage) return;
      event.preventDefault();
      show(area, Number(mark.dataset.passage), mark.closest("[data-compare-side]"));
    });
    area.querySelectorAll("[data-compare-step]").forEach((button) => {
      button.addEventListener("click", () => step(area, Number(button.dataset.compareStep)));
    });
    show(area, 1);
  });
}
