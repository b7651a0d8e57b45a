// The ordering board: up and down buttons, a place to type, pick up and move by keyboard, drag by mouse. Every move is sent
// as the whole order; a live line says what happened.
import { fresh, library, post, text, toast } from "./page.js";

class Board {
  constructor(board) {
    this.board = board;
    this.form = document.getElementById(board.dataset.orderBoard);
    this.live = board.querySelector("[data-order-live]");
    this.held = null;
    board.addEventListener("click", (event) => this.onClick(event));
    board.addEventListener("change", (event) => this.onChange(event));
    board.addEventListener("keydown", (event) => this.onKey(event));
    board.addEventListener("focusout", (event) => this.onBlur(event));
    library("sortable").then(() => this.allowDrag()).catch(() => undefined); // buttons and keys do without it
  }

  allowDrag() {
    this.lists().forEach((list) => window.Sortable.create(list, {
      group: this.form.id, draggable: "[data-order-item]", handle: "[data-order-handle]", animation: 120, ghostClass: "is-ghost",
      onEnd: (event) => this.settle(event.item),
    }));
  }

  lists() {
    return [...this.board.querySelectorAll("[data-order-list]")];
  }

  items(list) {
    return [...list.querySelectorAll("[data-order-item]")];
  }

  facts(item) {
    const items = this.items(item.closest("[data-order-list]"));
    return { name: item.dataset.orderName, place: items.indexOf(item) + 1, total: items.length };
  }

  say(name, item) {
    this.live.textContent = text(name, this.facts(item));
  }

  onClick(event) {
    const button = event.target.closest("[data-order-move]");
    const handle = event.target.closest("[data-order-handle]");
    if (button) {
      event.preventDefault();
      const item = button.closest("[data-order-item]");
      this.move(item, button.dataset.orderMove === "up" ? -1 : 1);
      this.settle(item);
      button.focus();
    } else if (handle && event.detail === 0) { // Space or Enter on the handle, not the mouse
      const item = handle.closest("[data-order-item]");
      if (this.held === item) this.drop();
      else this.pickUp(item, handle);
    }
  }

  onChange(event) {
    const box = event.target.closest("[data-order-place]");
    if (!box) return;
    const item = box.closest("[data-order-item]");
    const others = this.items(item.closest("[data-order-list]")).filter((other) => other !== item);
    const before = others[Math.max(0, Number(box.value) - 1)];
    if (before) before.before(item);
    else if (others.length) others[others.length - 1].after(item);
    this.settle(item);
    box.focus();
  }

  onKey(event) {
    if (!this.held) return;
    if (event.code === "ArrowUp" || event.code === "ArrowDown") {
      event.preventDefault();
      this.isMoving = true;
      this.move(this.held, event.code === "ArrowUp" ? -1 : 1);
      this.held.querySelector("[data-order-handle]").focus();
      this.isMoving = false;
      this.say("order-moved", this.held);
    } else if (event.code === "Escape") {
      event.preventDefault();
      this.putBack();
    }
  }

  onBlur(event) {
    if (this.held && !this.isMoving && this.held.contains(event.target) && !this.held.contains(event.relatedTarget)) this.drop();
  }

  pickUp(item, handle) {
    this.held = item;
    this.home = { list: item.parentElement, next: item.nextElementSibling };
    item.classList.add("is-held");
    handle.setAttribute("aria-pressed", "true");
    this.say("order-held", item);
  }

  letGo() {
    const item = this.held;
    this.held = null;
    item.classList.remove("is-held");
    item.querySelector("[data-order-handle]").setAttribute("aria-pressed", "false");
    return item;
  }

  drop() {
    const item = this.letGo();
    this.say("order-dropped", item);
    this.settle(item);
  }

  putBack() {
    this.isMoving = true;
    this.home.list.insertBefore(this.held, this.home.next);
    this.held.querySelector("[data-order-handle]").focus();
    this.isMoving = false;
    this.say("order-cancelled", this.letGo());
  }

  /** One place up or down, over the border of a list into the next one. */
  move(item, by) {
    const list = item.closest("[data-order-list]");
    const items = this.items(list);
    const neighbour = items[items.indexOf(item) + by];
    const otherList = this.lists()[this.lists().indexOf(list) + by];
    if (neighbour) neighbour[by < 0 ? "before" : "after"](item);
    else if (otherList && by > 0) otherList.prepend(item);
    else if (otherList) otherList.insertBefore(item, otherList.querySelector(".board-empty"));
  }

  settle(item) {
    this.lists().forEach((list) => this.items(list).forEach((other, place) => {
      other.querySelector("[data-order-place]").value = place + 1;
    }));
    if (!this.held) this.say("order-moved", item);
    this.save();
  }

  async save() {
    const fields = new URLSearchParams();
    fields.append("csrf_token", this.form.elements.csrf_token.value);
    fields.append("version", this.form.elements.version.value);
    this.lists().forEach((list) => this.items(list).forEach((item) => {
      fields.append("place", `${list.dataset.orderList} ${item.dataset.orderItem}`);
    }));
    this.saving = (this.saving || Promise.resolve()).then(() => this.send(fields));
  }

  async send(fields) {
    fields.set("version", this.form.elements.version.value); // an earlier move may have been counted meanwhile
    try {
      const response = await post(this.form.dataset.orderUrl, fields);
      const answer = await response.json();
      if (response.ok) this.form.elements.version.value = answer.version;
      else toast(answer.error || text("order-failed"), 8);
    } catch (error) {
      toast(text("order-failed"), 8); // no network, or the session is over
    }
  }
}

export function start(root) {
  fresh(root, "[data-order-board]").forEach((board) => new Board(board));
}
