// Passage marks: the selected words of one block go into the mark form, which is then shown; sentences are selected by
// buttons and their keys. What is sent comes back as the page with the mark in it, of which the sheet and the list are
// taken over, so that nothing typed beside them is lost.
// Offsets count characters of the block's plain text (code points, as the server counts), without marks' own numbers.
import { fresh, post, text, toast } from "./page.js";

const LINES = "[data-blocks] > [id]:not(figure):not(div)";
const SENTENCE = /[^。！？!?；;…]+[。！？!?；;…]*[”’」』》）]*/g;
const TAKEN_OVER = ["reading", "mark-list"];

let marking = null; // the passage in the open form; choosing sentences goes on behind it

const length = (words) => [...words].length;
const numberOf = (block) => Number(block.id.replace(/^.*b-/, ""));

function plainText(block) {
  const copy = block.cloneNode(true);
  copy.querySelectorAll("[data-no-offset]").forEach((part) => part.remove());
  return copy.textContent;
}

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
  const block = element.closest(LINES);
  if (!block) return null;
  const isWithin = block.contains(range.endContainer);
  const start = offsetOf(block, range.startContainer, range.startOffset);
  const end = isWithin ? offsetOf(block, range.endContainer, range.endOffset) : length(plainText(block));
  if (end <= start) return null;
  return { block: numberOf(block), start, end, quote: [...plainText(block)].slice(start, end).join("") };
}

/** Pairs of the first character of each sentence of a block and the one behind its last. */
function sentencesOf(block) {
  const pairs = [];
  plainText(block).replace(SENTENCE, (sentence, at, words) => {
    const start = length(words.slice(0, at));
    pairs.push([start, start + length(sentence)]);
  });
  return pairs;
}

/** Select characters of a block, wherever its text nodes begin and end. */
function select(block, start, end) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let place = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("[data-no-offset]")) continue;
    const characters = [...node.data];
    const at = (character) => characters.slice(0, character - place).join("").length;
    if (start >= place && start < place + characters.length) range.setStart(node, at(start));
    if (end > place && end <= place + characters.length) range.setEnd(node, at(end));
    place += characters.length;
  }
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  block.scrollIntoView({ block: "nearest" });
}

/** Which sentences of which line are selected; before the first one, the line at the top of what is in sight. */
function chosen(lines) {
  const passage = findPassage();
  if (!passage) {
    const top = Math.max(0, document.querySelector("[data-read]").getBoundingClientRect().top) + 60;
    const first = lines.findIndex((block) => block.getBoundingClientRect().bottom > top);
    return { line: Math.max(0, first), first: -1, last: -1 };
  }
  const line = lines.findIndex((block) => numberOf(block) === passage.block);
  const sentences = sentencesOf(lines[line]);
  const first = sentences.findIndex((sentence) => sentence[1] > passage.start);
  const last = sentences.findIndex((sentence) => sentence[1] >= passage.end);
  return { line, first, last: last < 0 ? sentences.length - 1 : last };
}

function step(where) {
  const lines = [...document.querySelectorAll(LINES)].filter((block) => sentencesOf(block).length);
  let { line, first, last } = chosen(lines);
  if (where === "longer") last += 1;
  else if (where === "shorter") last = Math.max(first, last - 1);
  else first = last = where === "on" ? last + 1 : first - 1;
  if (last >= sentencesOf(lines[line]).length && where === "on" && lines[line + 1]) [line, first, last] = [line + 1, 0, 0];
  if (first < 0 && lines[line - 1]) {
    line -= 1;
    first = last = sentencesOf(lines[line]).length - 1;
  }
  const sentences = sentencesOf(lines[line]);
  const limit = (place) => Math.min(Math.max(place, 0), sentences.length - 1);
  select(lines[line], sentences[limit(first)][0], sentences[limit(last)][1]);
}

function openForm(event) {
  const form = document.querySelector("[data-mark-form]");
  const dialog = form.closest("dialog");
  if (!dialog || event.ctrlKey || event.shiftKey) return; // the link's own page does the same
  event.preventDefault();
  marking = findPassage();
  if (marking) ["block", "start", "quote"].forEach((name) => { form.elements[name].value = marking[name]; });
  dialog.showModal();
  form.querySelector("input:checked").focus();
}

function send(url, fields) {
  sendAndTakeOver(url, fields).catch(() => toast(text("file-failed"))); // the network is gone, or the answer was no page
}

async function sendAndTakeOver(url, fields) {
  const response = await post(url, new URLSearchParams(fields), { redirect: "follow" });
  if (response.status === 401) return location.reload();
  const answer = await response.text();
  if (response.status >= 400 && response.status !== 422) return toast(JSON.parse(answer).error);
  const other = new DOMParser().parseFromString(answer, "text/html");
  const form = document.querySelector("[data-mark-form]");
  if (response.status === 422) return takeOver(form, other.querySelector("[data-mark-form]"));
  form.closest("dialog").close();
  form.reset();
  TAKEN_OVER.forEach((id) => takeOver(document.getElementById(id), other.getElementById(id)));
  const block = marking && [...document.querySelectorAll(LINES)].find((line) => numberOf(line) === marking.block);
  if (block) select(block, marking.start, marking.end);
  marking = null;
  const undo = other.querySelector("[data-undo]");
  if (undo) {
    document.querySelector("[data-toasts]").append(document.adoptNode(undo));
    announce(undo);
  }
}

function takeOver(old, young) {
  old.replaceWith(document.adoptNode(young));
  announce(young);
}

function announce(part) {
  part.dispatchEvent(new CustomEvent("app:swapped", { bubbles: true }));
}

// Forms of marks alone: a new mark, and the line that takes back what was done to one.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const isMark = form.matches("dialog [data-mark-form]") || (form.matches("[data-undo]") && form.action.includes("/marks/"));
  if (!isMark) return;
  event.preventDefault();
  if (form.matches("[data-undo]")) form.remove();
  send(form.action, new FormData(form));
});

export function start(root) {
  fresh(root, "[data-mark-start]").forEach((button) => {
    button.addEventListener("mousedown", (event) => event.preventDefault()); // it would let go of the selection
    button.addEventListener("click", openForm);
  });
  fresh(root, "[data-mark-step]").forEach((button) => {
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => step(button.dataset.markStep));
  });
  fresh(root, "[data-mark-act]").forEach((button) => button.addEventListener("click", (event) => {
    event.preventDefault();
    send(button.formAction, new FormData(button.form));
  }));
}
