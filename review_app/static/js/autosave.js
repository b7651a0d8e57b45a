// Nothing typed is lost: a form is kept in this browser at every change, sent 800 ms later, and dropped here once the server
// says it has it. A draft that was not acknowledged comes back when the page is opened again.
//
// <form data-autosave-url="…" data-autosave-key="user:round:essay"> with csrf_token, a hidden `version` and an element
// [data-autosave-state]; the server answers {saved_at, version}, or 409 {saved_at, version, error} when it holds a newer one.
import { fresh, keep, post, recall, text } from "./page.js";

const WAIT_MS = 800;
const RETRY_MS = 15000;
const NOT_KEPT = ["csrf_token", "request_key", "version"];

class Draft {
  constructor(form) {
    this.form = form;
    this.key = `draft:${form.dataset.autosaveKey}`;
    this.state = form.querySelector("[data-autosave-state]");
    this.saved = this.read();
    this.timer = 0;
    this.isSending = false;
    this.isStopped = false;
    this.restore();
    form.addEventListener("input", () => this.onChange());
    form.addEventListener("change", () => this.onChange());
    form.addEventListener("focusout", () => this.send());
    form.addEventListener("submit", () => setTimeout(() => this.onSubmit()));
    document.addEventListener("app:save", () => this.send(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("online", () => this.send());
  }

  /** The fields as text, in order; what is compared, kept and sent. */
  read() {
    const pairs = [...new FormData(this.form)].filter(([name, value]) => !NOT_KEPT.includes(name) && typeof value === "string");
    return JSON.stringify(pairs);
  }

  version() {
    return this.form.elements.version;
  }

  tell(name, facts, look) {
    this.state.textContent = text(name, facts);
    this.state.className = `save-state${look ? ` is-${look}` : ""}`;
  }

  onChange() {
    const now = this.read();
    if (now === this.saved) return;
    keep(this.key, { fields: now, version: this.version().value });
    if (this.isStopped) return;
    this.tell("unsaved", {}, "waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), WAIT_MS);
  }

  async send(isAsked, extra) {
    clearTimeout(this.timer);
    const fields = this.read();
    if (this.isSending || this.form.dataset.sent || (this.isStopped && !extra) || (fields === this.saved && !isAsked)) return;
    this.isSending = true;
    this.tell("saving", {}, "waiting");
    try {
      const response = await post(this.form.dataset.autosaveUrl, this.body(fields, extra));
      await this.onAnswer(response, fields);
    } catch (error) {
      this.tell("offline", {}, "offline"); // the network is gone, or the answer was no JSON
      this.retry();
    }
    this.isSending = false;
    if (!this.isStopped && this.read() !== fields) this.onChange();
  }

  body(fields, extra) {
    const body = new URLSearchParams(JSON.parse(fields));
    body.append("csrf_token", this.form.elements.csrf_token.value);
    body.append("version", this.version().value);
    Object.entries(extra || {}).forEach(([name, value]) => body.append(name, value));
    return body;
  }

  async onAnswer(response, fields) {
    if (response.status === 401 || response.status === 403) return this.tell("signed-out", {}, "failed");
    if (response.status >= 500) {
      this.tell("save-failed", {}, "failed");
      return this.retry();
    }
    const answer = await response.json();
    if (response.ok) return this.acknowledge(fields, answer);
    if (response.status === 409) return this.showConflict(answer);
    this.state.textContent = answer.error || text("save-failed");
    this.state.className = "save-state is-failed";
    return undefined;
  }

  acknowledge(fields, answer) {
    this.saved = fields;
    this.version().value = answer.version;
    if (this.read() === fields) keep(this.key, null);
    this.tell("saved", { time: answer.saved_at });
  }

  retry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), RETRY_MS);
  }

  /** The page goes away: a last try that outlives it. Whether it arrived shows the version when the page is opened again. */
  leave() {
    const fields = this.read();
    if (fields === this.saved || this.form.dataset.sent || this.isStopped) return;
    keep(this.key, { fields, version: this.version().value, isSent: true });
    post(this.form.dataset.autosaveUrl, this.body(fields), { keepalive: true }).then((response) =>
      response.ok ? response.json().then((answer) => this.acknowledge(fields, answer)) : undefined,
    ).catch(() => this.tell("offline", {}, "offline"));
  }

  onSubmit() {
    if (!this.form.dataset.sent) return;
    clearTimeout(this.timer);
    keep(this.key, { fields: this.read(), version: this.version().value, isSent: true });
  }

  restore() {
    const kept = recall(this.key);
    if (!kept) return;
    const isCurrent = kept.version === this.version().value;
    if (isCurrent) { // the server never counted it, even if the page shows the same words after a refused submit
      if (kept.fields !== this.saved) this.write(kept.fields);
      this.saved = "";
      this.tell("restored", {}, "waiting");
      this.timer = setTimeout(() => this.send(), WAIT_MS);
    } else if (kept.isSent || kept.fields === this.saved) {
      keep(this.key, null);
    } else {
      this.showConflict({ saved_at: "", version: this.version().value }, kept.fields);
    }
  }

  write(fields) {
    const values = new Map();
    JSON.parse(fields).forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
    [...this.form.elements].forEach((control) => {
      if (!control.name || NOT_KEPT.includes(control.name) || control.matches("button, [type=hidden], [type=file]")) return;
      const wanted = values.get(control.name) || [];
      if (control.matches("[type=checkbox], [type=radio]")) control.checked = wanted.includes(control.value);
      else if (control.multiple) [...control.options].forEach((option) => { option.selected = wanted.includes(option.value); });
      else control.value = wanted.shift() || "";
      if (control.tomselect) control.tomselect.sync();
    });
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  showConflict(answer, mine) {
    this.isStopped = true;
    this.state.textContent = "";
    const banner = document.createElement("div");
    banner.className = "notice notice-warning";
    banner.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.className = "notice-body";
    words.textContent = answer.error || text("conflict", { time: answer.saved_at || "…" });
    banner.append(words);
    const choose = (name, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small notice-action";
      button.textContent = text(name);
      button.addEventListener("click", act);
      banner.append(button);
    };
    choose("use-mine", () => {
      banner.remove();
      if (mine) this.write(mine);
      if (answer.version) this.version().value = answer.version;
      this.isStopped = false;
      this.send(true, { force: "1" });
    });
    choose("use-theirs", () => {
      keep(this.key, null);
      this.saved = this.read();
      location.reload();
    });
    this.state.before(banner);
  }
}

export function start(root) {
  fresh(root, "form[data-autosave-url]").forEach((form) => new Draft(form));
}
