// The words found in an essay: on to the next and back, in turn, with how far one is.
import { fresh } from "./page.js";

let current = -1;

function show(bar, place) {
  const hits = [...document.querySelectorAll("mark[id^='hit-']")];
  current = (place + hits.length) % hits.length;
  hits.forEach((hit, each) => hit.classList.toggle("is-current", each === current));
  const words = bar.querySelector("[data-hits-count]");
  words.textContent = words.dataset.hitsCount.replace("{place}", String(current + 1)).replace("{total}", String(hits.length));
  return hits[current];
}

export function start(root) {
  fresh(root, "[data-hits]").forEach((bar) => {
    const named = location.hash.match(/^#hit-(\d+)$/);
    if (named && document.getElementById(named[0].slice(1))) show(bar, Number(named[1]) - 1).scrollIntoView({ block: "center" });
    bar.querySelectorAll("[data-hits-step]").forEach((button) => button.addEventListener("click", () => {
      const from = current < 0 && button.dataset.hitsStep === "-1" ? 0 : current;
      show(bar, from + Number(button.dataset.hitsStep)).scrollIntoView({ block: "center" });
    }));
  });
}
