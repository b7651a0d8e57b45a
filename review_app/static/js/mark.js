// Passage marks: the selected words of one block become block number, start and end in the mark form, which is then shown.
// Offsets count characters of the block's plain text (code points, as the server counts), without marks' own numbers.
import { fresh } from "./page.js";

const length = (words) => [...words].length;

function offsetOf(block, node, offset) {
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, offset);
  const words = range.cloneContents();
  words.querySelectorAll("[data-no-offset]").forEach((part) => part.remove());
  return length(words.textContent);
}

function findPassage() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const element = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
  const block = element.closest("[data-blocks] > [id]");
  if (!block) return null;
  if (!block.contains(range.endContainer)) range.setEnd(block, block.childNodes.length);
  const start = offsetOf(block, range.startContainer, range.startOffset);
  const end = offsetOf(block, range.endContainer, range.endOffset);
  if (end <= start) return null;
  const whole = [...plainText(block)];
  return { block: block.id.replace(/^.*b-/, ""), start, end, quote: whole.slice(start, end).join("") };
}

function plainText(block) {
  const copy = block.cloneNode(true);
  copy.querySelectorAll("[data-no-offset]").forEach((part) => part.remove());
  return copy.textContent;
}

function openForm(form) {
  const passage = findPassage();
  form.querySelectorAll("[data-mark-hint]").forEach((hint) => { hint.hidden = passage !== null; });
  form.querySelectorAll("[data-mark-ready]").forEach((part) => { part.hidden = passage === null; });
  if (passage) {
    ["block", "start", "end"].forEach((name) => { form.elements[name].value = passage[name]; });
    form.querySelector("[data-mark-quote]").textContent = passage.quote;
  }
  form.closest("dialog").showModal();
}

export function start() {
  const form = document.querySelector("[data-mark-form]");
  fresh(document, "[data-mark-start]").forEach((button) => button.addEventListener("click", () => openForm(form)));
}
