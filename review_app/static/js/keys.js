// The keyboard: letters by data-key, lists by J K Enter X, "/" search, "?" help, Ctrl+Enter submit, Ctrl+S save.
// Rules for Chinese input: nothing while composing (isComposing, keyCode 229); physical keys (e.code), since full-width
// mode changes e.key; letters never act inside a field.
import { fresh, keep, recall, text, toast } from "./page.js";

const STANDARD = [
  ["J", "key-next", "[data-list]"], ["K", "key-previous", "[data-list]"],
  ["Enter", "key-open", "[data-list]"], ["X", "key-pick", "[data-pick]"],
  ["1–9", "key-criterion", "[data-score]"], ["0–9", "key-digits", "[data-score]"], ["↑ ↓", "key-step", "[data-score]"],
  ["Q W E R", "key-band", "[data-score]"],
  ["Ctrl + Enter", "key-submit", "[data-submit-key]"], ["Ctrl + S", "key-save", "[data-autosave-url], [data-save-key]"],
  ["Esc", "key-leave", "body"],
];

/** Whether a key press belongs to an input method that is still composing. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Whether the element takes typed text. */
export function isField(element) {
  return element.matches("input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, select, [contenteditable]");
}

const isShown = (element) => element.getClientRects().length > 0;
const lettersOff = () => recall("letters-off") === true;

function onKey(event) {
  if (isComposing(event) || event.defaultPrevented) return;
  if (event.ctrlKey && !event.altKey && !event.metaKey) return onControlKey(event);
  if (event.altKey || event.metaKey) return;
  if (event.code === "Escape") return leaveField(event);
  if (lettersOff() || isField(event.target) || document.querySelector("dialog[open]")) return;
  const isQuestion = event.key === "?" || event.key === "？";
  const combination = isQuestion ? "Shift+Slash" : (event.shiftKey ? "Shift+" : "") + event.code;
  const target = [...document.querySelectorAll(`[data-key="${combination}"]`)].find((element) => isShown(element) || element.tomselect);
  if (target) {
    event.preventDefault();
    activate(target);
  } else if (combination === "Shift+Slash") {
    event.preventDefault();
    showHelp();
  } else if (onListKey(combination, event.target)) {
    event.preventDefault();
  }
}

function onControlKey(event) {
  if (event.code === "Enter" || event.code === "NumpadEnter") {
    const form = event.target.closest("form");
    const button = (form && form.querySelector("[data-submit-key]")) || document.querySelector("[data-submit-key]");
    if (!button || !isShown(button)) return;
    event.preventDefault();
    button.click(); // as the mouse would: the button's name and value are sent, the submit event fires
  } else if (event.code === "KeyS" && !event.shiftKey) {
    event.preventDefault();
    const button = document.querySelector("[data-save-key]");
    if (button) button.click();
    else document.dispatchEvent(new CustomEvent("app:save"));
  }
}

function leaveField(event) {
  if (isField(event.target)) event.target.blur();
}

function activate(element) {
  if (element.tomselect) element.tomselect.focus();
  else if (isField(element)) {
    element.focus();
    if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
  } else element.click();
}

// Lists: data-list="go" follows the neighbour's link at once (the reviewer's queue), others move the current row.
function onListKey(code, target) {
  const list = document.querySelector("[data-list]");
  if (!list) return false;
  const rows = [...list.querySelectorAll("[data-row]")];
  const current = rows.findIndex((row) => row.classList.contains("is-current") || row.querySelector("[data-open][aria-current]"));
  if (code === "KeyJ" || code === "KeyK") {
    const next = rows[code === "KeyJ" ? current + 1 : current - 1];
    if (!next) toast(text(code === "KeyJ" ? "list-end" : "list-start"));
    else if (list.dataset.list === "go") next.querySelector("[data-open]").click();
    else moveTo(rows, next);
    return true;
  }
  const row = rows[current];
  if (code === "KeyX" && row && row.querySelector("[data-pick]")) {
    row.querySelector("[data-pick]").click();
    return true;
  }
  if (code === "Enter" && row && !target.closest("a, button, summary")) {
    row.querySelector("[data-open]").click();
    return true;
  }
  return false;
}

function moveTo(rows, next) {
  rows.forEach((row) => row.classList.toggle("is-current", row === next));
  const link = next.querySelector("[data-open]");
  if (link) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function showHelp() {
  const shown = new Set();
  const listed = STANDARD.filter(([, , selector]) => document.querySelector(selector)).map(([key, name]) => [key, text(name)]);
  document.querySelectorAll("[data-key][data-key-label]").forEach((element) => {
    const key = element.dataset.keyShow || element.dataset.key.replace(/^Key|Digit/, "");
    if (!shown.has(key) && (isShown(element) || element.tomselect)) listed.push([key, element.dataset.keyLabel]);
    shown.add(key);
  });
  const list = build("dl", { className: "key-list" });
  listed.forEach(([key, label]) => {
    const row = build("div", {});
    const term = build("dt", {});
    term.append(build("kbd", { className: "kbd", textContent: key }));
    row.append(term, build("dd", { textContent: label }));
    list.append(row);
  });
  const dialog = build("dialog", {});
  dialog.setAttribute("aria-label", text("keys"));
  const head = build("div", { className: "dialog-head" });
  const close = build("button", { className: "button button-small", type: "button", textContent: text("close") });
  close.addEventListener("click", () => dialog.close());
  head.append(build("h2", { textContent: text("keys") }), close);
  const body = build("div", { className: "dialog-body" });
  body.append(list);
  dialog.append(head, body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function build(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function nameSwitch(button) {
  button.textContent = text(lettersOff() ? "letters-on" : "letters-off");
}

document.addEventListener("keydown", onKey);
document.addEventListener("keydown", () => document.documentElement.removeAttribute("data-pointer"), true);
document.addEventListener("mousedown", () => document.documentElement.setAttribute("data-pointer", ""), true);

export function start(root) {
  fresh(root, "[data-key-help]").forEach((button) => button.addEventListener("click", showHelp));
  fresh(root, "[data-letters-switch]").forEach((button) => {
    nameSwitch(button);
    button.addEventListener("click", () => {
      keep("letters-off", lettersOff() ? null : true);
      nameSwitch(button);
    });
  });
}
