// What every module shares: the page's words, finding parts once, asking the server, a library on demand, kept settings.
const words = document.querySelector("[data-texts]");

/** The sentence `name` of the page's word list, its {places} filled from `facts`. */
export function text(name, facts) {
  const sentence = words.getAttribute(`data-text-${name}`) || name;
  return sentence.replace(/\{(\w+)\}/g, (place, key) => String((facts || {})[key]));
}

/** The parts under `root` (root included) that match, each only the first time it is asked for with this selector. */
export function fresh(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    const seen = element.startedBy || (element.startedBy = new Set());
    return !seen.has(selector) && seen.add(selector);
  });
}

/** Post `fields` (FormData or URLSearchParams) as a script: refusals come as JSON, a lost session as 401. */
export function post(url, fields, options) {
  const headers = { "X-Requested-With": "fetch", Accept: "application/json" };
  return fetch(url, { method: "POST", body: fields, headers, credentials: "same-origin", redirect: "error", ...options });
}

const loading = {};

/** Load a vendored classic script once. */
export function library(name) {
  loading[name] = loading[name] || new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`../vendor/${name}.js`, import.meta.url).href;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return loading[name];
}

/** A value kept in this browser, null where none is kept or storage is shut. */
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (error) {
    return null; // storage switched off, or a value of another program
  }
}

/** Keep a value in this browser, or drop it with null; false where storage is shut or full. */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch (error) {
    return false; // storage switched off or full
  }
}

/** Say something at the foot of the window for some seconds. */
export function toast(sentence, seconds = 3) {
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = sentence;
  document.querySelector("[data-toasts]").append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}

/** Replace the page's main part and navigation by those of `html`, as a form posted by script asks for. */
export function swapPage(html, url) {
  const other = new DOMParser().parseFromString(html, "text/html");
  for (const selector of [".sidenav", ".rownav", "#main"]) {
    const [old, young] = [document.querySelector(selector), other.querySelector(selector)];
    if (old && young) old.replaceWith(document.adoptNode(young));
  }
  document.title = other.title;
  if (url !== location.href) history.pushState(null, "", url);
  window.scrollTo(0, 0);
  const main = document.querySelector("#main");
  main.focus();
  main.dispatchEvent(new CustomEvent("app:swapped", { bubbles: true }));
}

/** Replace one part of the page, found by `selector`, by that of `html`; the address becomes `url`. */
export function swapPart(html, url, selector) {
  const other = new DOMParser().parseFromString(html, "text/html");
  const [old, young] = [document.querySelector(selector), other.querySelector(selector)];
  if (!young) return location.assign(url); // another page was answered, such as an error
  old.replaceWith(document.adoptNode(young));
  document.title = other.title;
  history.pushState(null, "", url);
  const focus = young.querySelector("[data-part-focus]");
  if (focus) focus.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  young.dispatchEvent(new CustomEvent("app:swapped", { bubbles: true }));
}

window.addEventListener("popstate", () => location.reload());
