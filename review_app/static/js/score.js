// The rubric: a digit chooses a criterion, further digits are its score, arrows step, Q W E R take a band; the sum adds up
// by itself; a missing criterion is jumped to before anything is sent.
import { isComposing, isField } from "./keys.js";
import { fresh, recall, text } from "./page.js";

const BAND_KEYS = ["KeyQ", "KeyW", "KeyE", "KeyR"];

class Rubric {
  constructor(form) {
    this.form = form;
    this.criteria = [...form.querySelectorAll("[data-criterion]")];
    this.typed = null; // the digits typed so far into the current criterion; null while no score is being typed
    this.pressed = null;
    this.select(this.firstMissing() || this.criteria[0], false);
    this.refresh();
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("change", () => this.refresh());
    form.addEventListener("focusin", (event) => this.onFocus(event));
    form.addEventListener("click", (event) => this.onClick(event));
    form.addEventListener("submit", (event) => this.onSubmit(event));
    document.addEventListener("keydown", (event) => this.onKey(event), true);
  }

  input(criterion) {
    return criterion.querySelector("input[type=number]");
  }

  maximum(criterion) {
    return Number(criterion.dataset.maximum);
  }

  isMissing(criterion) {
    const input = this.input(criterion);
    return input.value === "" || Number(input.value) < 0 || Number(input.value) > this.maximum(criterion);
  }

  firstMissing() {
    return this.criteria.find((criterion) => this.isMissing(criterion));
  }

  select(criterion, isTyping) {
    this.current = criterion;
    this.typed = isTyping ? "" : null;
    this.criteria.forEach((other) => {
      other.classList.toggle("is-current", other === criterion);
      other.classList.toggle("is-typing", other === criterion && isTyping);
    });
    if (isTyping) criterion.scrollIntoView({ block: "nearest" });
  }

  set(criterion, value) {
    this.input(criterion).value = value;
    this.input(criterion).dispatchEvent(new Event("input", { bubbles: true }));
  }

  step(criterion, by) {
    const value = Number(this.input(criterion).value) + by;
    this.set(criterion, Math.min(this.maximum(criterion), Math.max(0, value)));
  }

  /** A score inside the band stays; else the middle of the band is taken. */
  takeBand(criterion, band) {
    const [low, high] = [Number(band.dataset.bandLow), Number(band.dataset.bandHigh)];
    const input = this.input(criterion);
    const isInside = input.value !== "" && Number(input.value) >= low && Number(input.value) < high + 1;
    if (!isInside) this.set(criterion, Math.round((low + high) / 2));
  }

  refresh() {
    let total = 0;
    this.criteria.forEach((criterion) => {
      const input = this.input(criterion);
      const value = Number(input.value);
      total += value;
      criterion.querySelectorAll("[data-band-low]").forEach((band) => {
        const isIn = input.value !== "" && value >= Number(band.dataset.bandLow) && value < Number(band.dataset.bandHigh) + 1;
        band.setAttribute("aria-pressed", String(isIn));
      });
      this.markRange(criterion, input);
      if (!this.isMissing(criterion)) criterion.classList.remove("is-missing");
    });
    this.form.querySelector("[data-score-total]").textContent = String(Math.round(total * 100) / 100);
    const missing = this.criteria.filter((criterion) => this.isMissing(criterion)).length;
    const note = this.form.querySelector("[data-score-missing]");
    note.hidden = missing === 0;
    note.textContent = text("missing", { count: missing });
  }

  markRange(criterion, input) {
    const isOut = input.value !== "" && this.isMissing(criterion);
    let words = criterion.querySelector("[data-range-error]");
    if (isOut && !words) {
      words = document.createElement("p");
      words.className = "criterion-error";
      words.id = `${input.id}-range`;
      words.setAttribute("data-range-error", "");
      words.textContent = text("out-of-range", { low: 0, high: this.maximum(criterion) });
      criterion.append(words);
      input.setAttribute("aria-describedby", words.id);
    } else if (!isOut && words) {
      words.remove();
      input.removeAttribute("aria-describedby");
    }
    if (isOut) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  goOn() {
    const next = this.criteria[this.criteria.indexOf(this.current) + 1] || this.firstMissing();
    if (next) this.select(next, true);
    else this.select(this.current, false);
  }

  onFocus(event) {
    const criterion = event.target.closest("[data-criterion]");
    if (criterion ? criterion !== this.current : this.typed !== null) this.select(criterion || this.current, false);
    if (event.target.matches("[data-criterion] input")) event.target.select();
  }

  onClick(event) {
    const criterion = event.target.closest("[data-criterion]");
    const band = event.target.closest("[data-band-low]");
    const stepper = event.target.closest("[data-step]");
    if (criterion) this.select(criterion, false);
    if (band) this.takeBand(criterion, band);
    if (stepper) this.step(criterion, Number(stepper.dataset.step));
    if (event.target.closest("[data-score-missing]")) this.select(this.firstMissing(), true);
    if (event.target.closest("button:not([type=button])")) this.pressed = event.target.closest("button");
  }

  onSubmit(event) {
    const isFinal = (event.submitter || this.pressed || document.body).matches("[data-submit-key]");
    if (!isFinal || !this.firstMissing()) return;
    event.preventDefault();
    this.criteria.forEach((criterion) => criterion.classList.toggle("is-missing", this.isMissing(criterion)));
    this.select(this.firstMissing(), true);
  }

  onKey(event) {
    if (isComposing(event) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const isInScore = this.criteria.some((criterion) => this.input(criterion) === event.target);
    if (isInScore ? this.onKeyInField(event) : !isField(event.target) && this.onKeyOutside(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  onKeyInField(event) {
    const band = this.current.querySelectorAll("[data-band-low]")[BAND_KEYS.indexOf(event.code)];
    if (band) this.takeBand(this.current, band);
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      const next = this.criteria[this.criteria.indexOf(this.current) + 1];
      (next ? this.input(next) : event.target)[next ? "focus" : "blur"]();
      return true;
    }
    return Boolean(band);
  }

  onKeyOutside(event) {
    if (recall("letters-off") === true) return false;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    if (digit && !event.shiftKey) return this.typed === null ? this.choose(Number(digit[1])) : this.type(digit[1]);
    if (digit) return this.choose(Number(digit[1]));
    const band = this.current.querySelectorAll("[data-band-low]")[BAND_KEYS.indexOf(event.code)];
    if (band) {
      this.takeBand(this.current, band);
      return true;
    }
    if (this.typed === null) return false;
    if (event.code === "ArrowUp" || event.code === "ArrowDown") this.step(this.current, event.code === "ArrowUp" ? 1 : -1);
    else if (event.code === "Period" || event.code === "NumpadDecimal") return this.type(".");
    else if (event.code === "Backspace") this.retype(this.typed.slice(0, -1));
    else if (event.code === "Enter" || event.code === "NumpadEnter") this.goOn();
    else if (event.code === "Escape") this.select(this.current, false);
    else return false;
    return true;
  }

  choose(number) {
    const criterion = this.criteria[number - 1];
    if (!criterion) return false;
    if (document.activeElement) document.activeElement.blur();
    this.select(criterion, true);
    return true;
  }

  /** A digit that would pass the maximum begins the score anew. */
  type(character) {
    const longer = this.typed + character;
    const isTooMuch = Number(longer) > this.maximum(this.current) || /\..*\.|\.\d\d/.test(longer);
    this.retype(isTooMuch ? character : longer);
    return true;
  }

  retype(typed) {
    this.typed = typed;
    this.set(this.current, typed.replace(/\.$/, ""));
  }
}

export function start(root) {
  fresh(root, "form[data-score]").forEach((form) => new Rubric(form));
}
