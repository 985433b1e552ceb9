/** The text with its labelled parts; a selection is a range of offsets, however it was made. */
import { h, sheet } from "./dom.js";
import { textRuns, wordsOf } from "./entities.js";
import { labelOfKey } from "./tool_keys.js";

export const entityTextStyles = sheet(`
  .text { white-space: pre-wrap; line-height: 2.1; font-size: 1.06rem; outline-offset: 6px; }
  .run.selected { --marked: light-dark(#ffe9a8, #5a4a12); background: var(--marked); box-shadow: 0 0 0 2px var(--marked); }
  .run.entity { border-bottom: 3px solid var(--label-color); background: color-mix(in srgb, var(--label-color) 14%, var(--surface)); }
  .run.entity.last::after {
    content: attr(data-label); font-size: .7rem; font-weight: 600; color: #fff; background: var(--label-color);
    border-radius: 4px; padding: .1rem .3rem; margin-inline-start: .25rem; vertical-align: .12em;
  }
`);

/** `actions`: label(range), labelAs(range, index), remove(offset). */
export class EntityText {
  #cursor = -1;
  #anchor = -1;

  constructor(actions) {
    this.actions = actions;
    this.status = h("p", { className: "visually-hidden", role: "status" });
    this.content = h("div", {
      className: "text",
      tabIndex: 0,
      role: "application",
      "aria-label": "Text to label",
      onkeydown: (event) => this.#onKey(event),
      onpointerup: () => setTimeout(() => this.#pointerSelected()),
    });
    this.element = h("div", { onfocus: () => this.content.focus() }, this.content, this.status);
    this.element.focus = () => this.content.focus();
  }

  show(text, entities, look) {
    Object.assign(this, { text, entities, look });
    this.words = wordsOf(text);
    this.#draw();
  }

  /** The words selected by keyboard, or the word at the cursor. */
  get selection() {
    if (this.#cursor < 0) return null;
    const [first, last] = [
      Math.min(this.#cursor, this.#anchor),
      Math.max(this.#cursor, this.#anchor),
    ];
    return { start: this.words[first].start, end: this.words[last].end };
  }

  takeSelection() {
    const range = this.selection;
    this.#cursor = this.#anchor = -1;
    return range;
  }

  goTo(start, end) {
    this.#anchor = this.words.findIndex((word) => word.end > start);
    this.#cursor = this.words.findLastIndex((word) => word.start < end);
    this.content.focus();
    this.#draw();
  }

  #draw() {
    const runs = textRuns(this.text, this.entities, this.words);
    this.content.replaceChildren(...runs.map((run) => this.#run(run)));
  }

  #run({ start, end }) {
    const run = h("span", { className: "run" }, this.text.slice(start, end));
    const entity = this.entities.find(
      ({ startOffset, endOffset }) => startOffset <= start && end <= endOffset,
    );
    if (entity) {
      run.classList.add("entity");
      run.classList.toggle("last", entity.endOffset === end);
      run.dataset.label = this.look.short(entity.label);
      run.style.setProperty("--label-color", this.look.color(entity.label));
    }
    const selection = this.selection;
    run.classList.toggle(
      "selected",
      selection !== null && selection.start <= start && end <= selection.end,
    );
    return run;
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.words.length === 0) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.#move(event);
    else if (this.selection === null) return;
    else if (event.key === "Enter") this.actions.label(this.selection);
    else if (labelOfKey(event) >= 0) this.actions.labelAs(this.selection, labelOfKey(event));
    else if (event.key === "Delete" || event.key === "Backspace")
      this.actions.remove(this.selection.start);
    else return;
    event.preventDefault();
  }

  #move(event) {
    const step = event.key === "ArrowRight" ? 1 : -1;
    this.#cursor = Math.min(Math.max(this.#cursor + step, 0), this.words.length - 1);
    if (!event.shiftKey || this.#anchor < 0) this.#anchor = this.#cursor;
    this.#draw();
    this.#say();
  }

  #say() {
    const { start, end } = this.selection;
    const entity = this.entities.find(
      ({ startOffset, endOffset }) => startOffset <= start && start < endOffset,
    );
    this.status.textContent =
      this.text.slice(start, end) + (entity ? `, labelled ${entity.label}` : "");
  }

  #pointerSelected() {
    const range = selectedOffsets(this.content);
    if (range === null || range.start === range.end) return;
    document.getSelection().removeAllRanges();
    this.#cursor = this.#anchor = -1;
    this.actions.label(range);
  }
}

/** The page's text selection as offsets in `content`, which lives in a shadow tree. */
function selectedOffsets(content) {
  const range = composedRange(content.getRootNode());
  if (!range || !content.contains(range.startContainer) || !content.contains(range.endContainer))
    return null;
  return {
    start: offsetOf(content, range.startContainer, range.startOffset),
    end: offsetOf(content, range.endContainer, range.endOffset),
  };
}

function composedRange(shadowRoot) {
  const selection = document.getSelection();
  if (selection.getComposedRanges)
    return selection.getComposedRanges({ shadowRoots: [shadowRoot] })[0];
  const inner = shadowRoot.getSelection?.() ?? selection;
  return inner.rangeCount > 0 ? inner.getRangeAt(0) : null;
}

function offsetOf(content, container, offset) {
  const before = document.createRange();
  before.setStart(content, 0);
  before.setEnd(container, offset);
  return before.toString().length;
}
