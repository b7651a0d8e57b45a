// The one entry of every page: starts what is always needed and fetches the module of a part when the part is there.
// Each module gives start(root); it acts by data attributes only and may be started again on a part that was swapped in.
import * as dialog from "./dialog.js";
import * as form from "./form.js";
import * as keys from "./keys.js";
import * as picks from "./picks.js";

const ALWAYS = [form, dialog, picks, keys];
const ON_DEMAND = [
  ["[data-tags]", () => import("./tags.js")],
  ["[data-score]", () => import("./score.js")],
  ["[data-autosave-url]", () => import("./autosave.js")],
  ["[data-read]", () => import("./read.js")],
  ["[data-compare]", () => import("./compare.js")],
  ["[data-mark-form], [data-mark-act]", () => import("./mark.js")],
  ["[data-upload]", () => import("./upload.js")],
  ["[data-order-board]", () => import("./order.js")],
  ["[data-complete]", () => import("./complete.js")],
  ["[data-live-url]", () => import("./live.js")],
  ["[data-part]", () => import("./part.js")],
  ["[data-hits]", () => import("./hits.js")],
];

function startAll(root) {
  ALWAYS.forEach((module) => module.start(root));
  const needed = ON_DEMAND.filter(([selector]) => root.querySelector(selector) || (root.matches && root.matches(selector)));
  return Promise.all(needed.map(([, load]) => load().then((module) => module.start(root))));
}

document.documentElement.classList.add("is-scripted");
startAll(document).then(() => document.documentElement.classList.add("is-ready"));
document.addEventListener("htmx:afterSwap", (event) => startAll(event.detail.elt));
document.addEventListener("app:swapped", (event) => startAll(event.target));
