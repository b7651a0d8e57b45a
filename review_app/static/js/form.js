// Forms: the error summary takes the focus, a form is sent once, unsaved words are not lost by a slip, texts are copied.
import { isComposing, isField } from "./keys.js";
import { fresh, text, toast } from "./page.js";

const guarded = new Map(); // form → its content when it was last known to be kept

const content = (form) => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name || String(value)])).toString();

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  guarded.delete(form);
  const pressed = event.submitter || document.activeElement;
  if (pressed && pressed.matches("button")) pressed.classList.add("is-busy");
}

function forgetSent() {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
}

function onLeave(event) {
  const isLost = [...guarded].some(([form, kept]) => form.isConnected && content(form) !== kept);
  if (!isLost) return;
  event.preventDefault();
  event.returnValue = text("leave");
}

// The secure clipboard is shut on plain http: select the text and let the old command copy it.
function copy(button) {
  const box = document.getElementById(button.dataset.copy);
  box.select();
  toast(text(document.execCommand("copy") ? "copied" : "copy-by-hand"));
}

// While a Chinese word is being composed, Enter ends the word and never the form.
function keepWhileComposing(event) {
  if (event.code === "Enter" && isComposing(event) && isField(event.target)) event.stopPropagation();
}

window.addEventListener("submit", onSubmit); // after every other listener, so that a prevented submit is not counted
window.addEventListener("pageshow", forgetSent);
window.addEventListener("beforeunload", onLeave);
document.addEventListener("keydown", keepWhileComposing, true);

export function start(root) {
  fresh(root, "[data-errors]").forEach((box) => box.focus());
  fresh(root, "form[data-guard]:not([data-autosave-url])").forEach((form) => guarded.set(form, content(form)));
  fresh(root, "[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  fresh(root, "[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  fresh(root, "[data-errors] a").forEach((link) => link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    if (field.tomselect) field.tomselect.focus();
    else field.focus();
    field.scrollIntoView({ block: "center" });
  }));
}
