// Dialogs over a page that also exists by itself, the account menu, and the 撤销 line at the foot of the window.
import { fresh } from "./page.js";

const UNDO_SECONDS = 10;

function open(event) {
  const dialog = document.getElementById(event.currentTarget.dataset.dialog);
  if (!dialog || !dialog.showModal || event.ctrlKey || event.shiftKey) return; // the link's own page does the same
  event.preventDefault();
  dialog.showModal();
}

function showUndo(form) {
  form.className = "toast";
  form.querySelectorAll("svg").forEach((icon) => icon.remove());
  document.querySelector("[data-toasts]").append(form);
  const leave = () => {
    if (form.matches(":hover") || form.contains(document.activeElement)) setTimeout(leave, 2000);
    else form.remove();
  };
  setTimeout(leave, UNDO_SECONDS * 1000);
}

document.addEventListener("click", (event) => {
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.code !== "Escape") return;
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

export function start(root) {
  fresh(root, "[data-dialog]").forEach((opener) => opener.addEventListener("click", open));
  fresh(root, "[data-dialog-close]").forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));
  fresh(root, "[data-undo]").forEach(showUndo);
}
