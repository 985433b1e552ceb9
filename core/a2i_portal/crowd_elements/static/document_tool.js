/**
 * crowd-textract-analyze-document: correct the keys and values that Textract found in a document.
 * Answer (AWS, element reference): "AWS/Textract/AnalyzeDocument/Forms/V1": {"blocks": [...]}, the blocks
 * of `initial-value` with what was changed. `no-key-edit` and `no-geometry-edit` keep keys and boxes as
 * they are; `keys` suggests names for fields that are added.
 */
import { BOX } from "./box_shape.js";
import { h, sheet } from "./dom.js";
import { AnswerElement, reflect } from "./element.js";
import { History } from "./history.js";
import { ImageStage, stageStyles } from "./image_stage.js";
import { showTool } from "./image_tool.js";
import { historyButtons, panelStyles } from "./label_panel.js";
import { ShapeCanvas } from "./shape_canvas.js";
import { shapeStyles } from "./shape_drawing.js";
import { Blocks } from "./textract_blocks.js";
import { workspaceStyles } from "./workspace.js";

const ANSWER_KEY = "AWS/Textract/AnalyzeDocument/Forms/V1";
const PRECISION = 1e6;

const styles = sheet(`
  .fields { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; max-height: 60vh; overflow: auto; }
  .fields li { display: grid; gap: .2rem; padding: .35rem; border-radius: var(--radius); }
  .fields li.selected { background: var(--accent-soft); }
  .fields input:not([type=checkbox]) { padding: .35rem .5rem; }
  .fields input.key { font-weight: 600; border-color: transparent; }
  .fields input.key:hover, .fields input.key:focus { border-color: var(--strong-line); }
  .fields input[readonly] { border-color: transparent; background: none; }
`);
const HINT =
  "A box on the document leads to its field, and a field to its box. On a box, arrows move it and Ctrl+arrows resize " +
  "it (Shift: by ten). A adds a field. Ctrl+Z undoes, Ctrl+Y redoes. + and − zoom, 0 fits, R rotates, H moves the image.";

class CrowdTextractAnalyzeDocument extends AnswerElement {
  static styles = [workspaceStyles, stageStyles, shapeStyles, panelStyles, styles];
  #history = new History();
  #selected = -1;

  build() {
    const given = this.literal("initial-value", []);
    if (!Array.isArray(given)) this.complain("initial-value: expected the list of blocks");
    this.start = new Blocks(Array.isArray(given) ? given : []);
    this.blocks = this.start;
    this.stage = new ImageStage("Fields on the document");
    this.canvas = new ShapeCanvas(this.stage, this.#kind(), {
      select: (index) => this.#select(index),
      change: (index, box) => this.#move(index, box),
      changed: () => this.#settle(),
      remove: () => {},
    });
    this.fields = h("ol", { className: "fields" });
    this.history = historyButtons({
      undo: () => this.#travel(this.#history.undo(this.blocks)),
      redo: () => this.#travel(this.#history.redo(this.blocks)),
    });
    const panel = h(
      "section",
      { className: "panel" },
      h("div", {}, h("h3", {}, "Fields"), this.fields),
      this.#suggestions(),
      h("div", { className: "tools" }, this.#addButton(), ...this.history.buttons),
      h("p", { className: "hint keys" }, HINT),
    );
    showTool(this, panel, () => this.#draw(), (event) => this.#onKey(event));
    this.#show();
  }

  get draft() {
    return this.blocks === this.start ? null : this.blocks.list;
  }

  set draft(list) {
    if (list === null) return;
    this.blocks = new Blocks(list);
    this.#show();
  }

  contribute(answer) {
    answer[ANSWER_KEY] = { blocks: this.blocks.list };
  }

  focus() {
    this.fields.querySelector("input:not([readonly])")?.focus();
  }

  reset() {
    this.#history.clear();
    this.blocks = this.start;
    this.#show();
  }

  get #isFixed() {
    return this.hasAttribute("no-geometry-edit");
  }

  /** Boxes of the fields; a new one does not begin on the image, but with "Add field". */
  #kind() {
    const fixed = { handles: () => [], move: (box) => box, resize: undefined };
    return { ...BOX, noun: "field", gesture: "none", hasQuietTags: true, ...(this.#isFixed ? fixed : {}) };
  }

  #addButton() {
    if (this.hasAttribute("no-key-edit")) return null;
    return h("button", { type: "button", onclick: () => this.#add() }, "Add field");
  }

  #suggestions() {
    const keys = this.literal("keys", []);
    const options = (Array.isArray(keys) ? keys : []).map((key) => h("option", { value: key?.importantFormKey ?? String(key) }));
    return h("datalist", { id: "keys" }, ...options);
  }

  /** The fields that have a place, as the shapes of the canvas. */
  #shapes() {
    const { width, height } = this.stage.size;
    return this.blocks.fields.map(({ key, value }) => {
      const box = this.blocks.box(value ?? key) ?? { left: 0, top: 0, width: 0, height: 0 };
      return {
        label: this.blocks.content(key).text || "?",
        left: box.left * width,
        top: box.top * height,
        width: box.width * width,
        height: box.height * height,
      };
    });
  }

  #select(index) {
    if (index === this.#selected) return;
    this.#selected = index;
    [...this.fields.children].forEach((row, at) => row.classList.toggle("selected", at === index));
    this.fields.children[index]?.scrollIntoView({ block: "nearest" });
    this.#draw();
  }

  #move(index, box) {
    if (this.#isFixed) return;
    const { width, height } = this.stage.size;
    const { key, value } = this.blocks.fields[index];
    const part = (pixels, all) => Math.round((pixels / all) * PRECISION) / PRECISION;
    this.#history.open(this.blocks);
    this.blocks = this.blocks.withBox(value ?? key, {
      left: part(box.left, width),
      top: part(box.top, height),
      width: part(box.width, width),
      height: part(box.height, height),
    });
    this.#draw();
  }

  #add() {
    const { reach, middle, size } = this.stage;
    if (!size.width || this.hasAttribute("no-key-edit")) return;
    const box = BOX.centred(middle, reach, size);
    this.#history.open(this.blocks);
    this.blocks = this.blocks.withField({
      left: box.left / size.width,
      top: box.top / size.height,
      width: box.width / size.width,
      height: box.height / size.height,
    });
    this.#show();
    this.#settle();
    this.fields.lastElementChild.querySelector("input").focus();
  }

  /** Writing in one field is one step of the history, which ends as the field is left. */
  #write(blocks) {
    this.#history.open(this.blocks);
    this.blocks = blocks;
    this.#draw();
  }

  #settle() {
    if (!this.#history.close()) return;
    this.history.show(this.#history);
    this.changed();
  }

  #travel(blocks) {
    if (blocks === this.blocks) return;
    this.blocks = blocks;
    this.#show();
    this.changed();
  }

  #draw() {
    const shapes = this.#shapes();
    const labels = shapes.map(({ label }) => label);
    this.canvas.show({ shapes, selected: this.#selected, labels });
  }

  #show() {
    this.fields.replaceChildren(...this.blocks.fields.map((field, at) => this.#row(field, at)));
    this.history.show(this.#history);
    this.#draw();
  }

  #row({ key, value }, at) {
    const keyText = this.blocks.content(key).text ?? "";
    const keyInput = this.#textInput(key, keyText, `Key of field ${at + 1}`);
    keyInput.classList.add("key");
    keyInput.readOnly = this.hasAttribute("no-key-edit");
    keyInput.setAttribute("list", "keys");
    const row = h("li", {}, keyInput, value ? this.#valueInput(value, at) : null);
    row.addEventListener("focusin", () => this.#select(at));
    return row;
  }

  #valueInput(id, at) {
    const { text, isSelected } = this.blocks.content(id);
    const name = `Value of field ${at + 1}`;
    if (isSelected === undefined) return this.#textInput(id, text, name);
    const input = h("input", { type: "checkbox", checked: isSelected, ariaLabel: name });
    input.addEventListener("change", () => {
      this.#write(this.blocks.withSelection(id, input.checked));
      this.#settle();
    });
    return input;
  }

  #textInput(id, value, ariaLabel) {
    const input = h("input", { value, ariaLabel });
    input.addEventListener("input", () => this.#write(this.blocks.withText(id, input.value)));
    input.addEventListener("change", () => this.#settle());
    return input;
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z") this.#travel(this.#history.undo(this.blocks));
      if (event.key === "y") this.#travel(this.#history.redo(this.blocks));
      return;
    }
    if (event.key === "a") this.#add();
    else if (!this.stage.onKey(event.key)) return;
    event.preventDefault();
  }
}

reflect(CrowdTextractAnalyzeDocument, { text: ["name"] });
customElements.define("crowd-textract-analyze-document", CrowdTextractAnalyzeDocument);
