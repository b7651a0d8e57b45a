// Reading: size, face and paper of the sheet, kept in this browser; focus mode shows the sheet alone.
import { fresh, keep, recall } from "./page.js";

const SIZES = [16, 18, 20, 22, 24];
const KEY = "reading";
const settings = { size: 18, face: "song", theme: "paper", ...recall(KEY) };

function show() {
  document.querySelectorAll("[data-read]").forEach((area) => {
    Object.assign(area.dataset, { size: settings.size, face: settings.face, theme: settings.theme });
    area.querySelectorAll("[data-read-face], [data-read-theme]").forEach((button) => {
      const isOn = button.dataset.readFace === settings.face || button.dataset.readTheme === settings.theme;
      button.setAttribute("aria-pressed", String(isOn));
    });
    area.querySelectorAll("[data-read-size]").forEach((button) => {
      button.disabled = !SIZES.includes(settings.size + 2 * Number(button.dataset.readSize));
    });
  });
}

function change(values) {
  Object.assign(settings, values);
  keep(KEY, settings);
  show();
}

function toggleFocus(button) {
  const isOn = document.documentElement.toggleAttribute("data-focus-mode");
  button.setAttribute("aria-pressed", String(isOn));
}

export function start(root) {
  fresh(root, "[data-read-size]").forEach((button) => {
    button.addEventListener("click", () => change({ size: settings.size + 2 * Number(button.dataset.readSize) }));
  });
  fresh(root, "[data-read-face]").forEach((button) => button.addEventListener("click", () => change({ face: button.dataset.readFace })));
  fresh(root, "[data-read-theme]").forEach((button) => button.addEventListener("click", () => change({ theme: button.dataset.readTheme })));
  fresh(root, "[data-read-focus]").forEach((button) => button.addEventListener("click", () => toggleFocus(button)));
  show();
}
