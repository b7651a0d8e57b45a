// File fields: drop files on the area, see what cannot be taken before it is sent, watch the sending. The plain form below
// does the same without any of this.
import { fresh, swapPage, text } from "./page.js";

const MEGABYTE = 1024 * 1024;
const inMegabytes = (bytes) => `${Math.max(0.1, Math.round((bytes / MEGABYTE) * 10) / 10)} MB`;

class Area {
  constructor(area) {
    this.area = area;
    this.input = area.querySelector("input[type=file]");
    this.list = area.querySelector("[data-upload-list]");
    this.types = area.dataset.uploadTypes.split(",").filter(Boolean);
    this.limitBytes = Number(area.dataset.uploadLimitBytes);
    this.limitFiles = Number(area.dataset.uploadLimitFiles);
    this.input.addEventListener("change", () => this.show());
    ["dragenter", "dragover"].forEach((name) => area.addEventListener(name, (event) => this.onDrag(event)));
    ["dragleave", "drop"].forEach((name) => area.addEventListener(name, () => area.classList.remove("is-over")));
    area.addEventListener("drop", (event) => this.onDrop(event));
    this.input.form.addEventListener("submit", (event) => this.onSubmit(event));
  }

  onDrag(event) {
    event.preventDefault();
    this.area.classList.add("is-over");
  }

  onDrop(event) {
    event.preventDefault();
    this.input.files = event.dataTransfer.files;
    this.show();
  }

  /** Why a file cannot be taken, "" if it can. */
  problem(file, place) {
    const name = file.name;
    const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
    if (this.limitFiles && place >= this.limitFiles) return text("file-many", { limit: this.limitFiles });
    if (this.types.length && !this.types.includes(ending)) return text("file-type", { name, types: this.types.join(" ") });
    if (file.size === 0) return text("file-empty", { name });
    if (this.limitBytes && file.size > this.limitBytes) {
      return text("file-large", { name, size: inMegabytes(file.size), limit: inMegabytes(this.limitBytes) });
    }
    return "";
  }

  problems() {
    return [...this.input.files].map((file, place) => this.problem(file, place));
  }

  show() {
    this.list.hidden = this.input.files.length === 0;
    this.list.textContent = "";
    const problems = this.problems();
    [...this.input.files].forEach((file, place) => {
      const row = document.createElement("li");
      row.className = `file-row${problems[place] ? " is-bad" : ""}`;
      const parts = [problems[place] ? "✗" : "", problems[place] || file.name, inMegabytes(file.size)];
      parts.forEach((words) => row.append(Object.assign(document.createElement("span"), { textContent: words })));
      this.list.append(row);
    });
    this.area.classList.toggle("has-error", problems.some(Boolean));
  }

  onSubmit(event) {
    if (event.defaultPrevented || this.input.files.length === 0) return;
    if (this.problems().some(Boolean)) {
      event.preventDefault();
      this.show();
      this.input.focus();
      return;
    }
    event.preventDefault();
    this.send(event.submitter);
  }

  send(button) {
    const form = this.input.form;
    if (form.dataset.uploading) return;
    form.dataset.uploading = "1";
    const fields = new FormData(form);
    if (button && button.name) fields.append(button.name, button.value);
    const { bar, words } = this.progressRow();
    const request = new XMLHttpRequest();
    request.open("POST", (button && button.getAttribute("formaction")) || form.action);
    request.upload.addEventListener("progress", (event) => {
      bar.max = event.total || 1;
      bar.value = event.loaded;
      words.textContent = event.loaded < event.total ? `${Math.floor((event.loaded / event.total) * 100)} %` : text("file-sent");
    });
    request.addEventListener("load", () => {
      delete form.dataset.uploading;
      if (request.responseText) swapPage(request.responseText, request.responseURL);
      else location.assign(request.responseURL);
    });
    request.addEventListener("error", () => {
      delete form.dataset.uploading;
      words.textContent = text("file-failed");
      words.className = "bad-text";
    });
    request.send(fields);
  }

  progressRow() {
    this.list.querySelectorAll("[data-progress]").forEach((row) => row.remove());
    const row = Object.assign(document.createElement("li"), { className: "file-row" });
    row.setAttribute("data-progress", "");
    const bar = Object.assign(document.createElement("progress"), { className: "bar bar-wide", max: 1, value: 0 });
    bar.setAttribute("aria-label", text("file-ready"));
    const words = Object.assign(document.createElement("span"), { className: "muted" });
    row.append(document.createElement("span"), bar, words);
    this.list.append(row);
    return { bar, words };
  }
}

export function start(root) {
  fresh(root, "[data-upload]").forEach((area) => new Area(area));
}
