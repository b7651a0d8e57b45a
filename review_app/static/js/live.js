// A job on the page: its block is fetched again every two seconds until the block that comes says data-done.
import { fresh } from "./page.js";

const EVERY_MS = 2000;
const AFTER_FAULT_MS = 6000;

async function refresh(block) {
  if (!block.isConnected || block.hasAttribute("data-done")) return;
  let wait = EVERY_MS;
  try {
    const response = await fetch(block.dataset.liveUrl, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const young = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
    block.replaceWith(document.adoptNode(young));
    young.dispatchEvent(new CustomEvent("app:swapped", { bubbles: true }));
    return;
  } catch (error) {
    wait = AFTER_FAULT_MS; // the network or the server rests: ask again later
  }
  setTimeout(refresh, wait, block);
}

export function start(root) {
  fresh(root, "[data-live-url]").forEach((block) => setTimeout(refresh, EVERY_MS, block));
}
