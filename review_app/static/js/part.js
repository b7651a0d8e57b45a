// A part of a page whose links lead to the same page with another query: only the part is exchanged, the address follows.
import { swapPart } from "./page.js";

let latest = 0;

function findLink(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  const link = event.target.closest("[data-part] a[href]");
  return link && !link.target && link.origin === location.origin && link.pathname === location.pathname ? link : null;
}

async function follow(event) {
  const link = findLink(event);
  if (!link) return;
  event.preventDefault();
  const part = link.closest("[data-part]");
  const mine = latest += 1;
  part.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(link.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const html = await response.text();
    if (mine === latest) swapPart(html, link.href, `#${part.id}`);
  } catch (error) {
    location.assign(link.href); // the browser tells what is wrong, or asks to sign in
  }
}

document.addEventListener("click", follow);

export function start() {}
