// Completion in the search box: asks data-complete what the word before the caret may become, and offers it in a list
// that follows the ARIA combobox pattern: ↑ ↓ move, Enter or Tab take, Esc closes. Nothing happens while composing.
import { isComposing } from "./keys.js";
import { fresh } from "./page.js";

const PAUSE_MS = 120;
let lists = 0;

class Box {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.list.className = "options";
    this.list.id = `options-${(lists += 1)}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.completeLabel);
    this.list.hidden = true;
    input.after(this.list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", (event) => this.wait(event));
    input.addEventListener("compositionend", () => this.wait({}));
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => this.onPick(event));
    this.close();
  }

  wait(event) {
    clearTimeout(this.timer);
    if (event.isComposing) return;
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const head = this.input.value.slice(0, this.input.selectionStart);
    if (!head.trim()) return this.close();
    const url = `${this.input.dataset.complete}?q=${encodeURIComponent(head)}`;
    const answer = await fetch(url, { credentials: "same-origin", redirect: "error", headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer && answer.ok ? await answer.json() : { options: [] };
    const isLate = head !== this.input.value.slice(0, this.input.selectionStart) || document.activeElement !== this.input;
    if (!isLate) this.show(found);
  }

  show(found) {
    if (!found.options.length) return this.close();
    this.kept = found.kept;
    this.list.textContent = "";
    found.options.forEach((option, place) => this.list.append(makeRow(option, `${this.list.id}-${place}`)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.move(null);
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.move(null);
  }

  move(row) {
    if (this.current) this.current.setAttribute("aria-selected", "false");
    this.current = row;
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  onKey(event) {
    if (isComposing(event) || this.list.hidden || event.ctrlKey || event.altKey || event.metaKey) return;
    const rows = [...this.list.children];
    const place = rows.indexOf(this.current);
    if (event.key === "ArrowDown") this.move(rows[place + 1] || rows[0]);
    else if (event.key === "ArrowUp") this.move(rows[place - 1] || rows[rows.length - 1]);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && this.current) this.take(this.current);
    else return;
    event.preventDefault();
  }

  onPick(event) {
    event.preventDefault(); // the box keeps the focus
    const row = event.target.closest("[role=option]");
    if (row) this.take(row);
  }

  take(row) {
    const text = row.dataset.text;
    const head = this.kept + text + (/[:=]$/.test(text) ? "" : " ");
    const tail = this.input.value.slice(this.input.selectionStart).replace(/^ /, "");
    this.input.value = head + tail;
    this.input.setSelectionRange(head.length, head.length);
    this.close();
    if (/[:=]$/.test(text)) this.wait({}); // the values come next
  }
}

function makeRow(option, id) {
  const row = document.createElement("li");
  row.id = id;
  row.dataset.text = option.text;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  const name = document.createElement("span");
  name.textContent = option.text;
  const note = document.createElement("span");
  note.className = "muted";
  note.textContent = option.note;
  row.append(name, note);
  return row;
}

export function start(root) {
  fresh(root, "[data-complete]").forEach((input) => new Box(input));
}
