/** The panel beside the image: labels, the list of boxes, and the numbers of the selected one. */
import { h, rebuild } from "./dom.js";
import { colorOf } from "./label_colors.js";
import { labelButton, labelledRow } from "./label_panel.js";

const NUMBERS = ["left", "top", "width", "height"];
const KEYS_HELP =
  "Keys: A adds a box, digits choose the label, Tab reaches a box, arrows move it, Ctrl+arrows resize it (Shift: by ten), Delete removes it, Ctrl+Z undoes.";

export class BoxPanel {
  constructor(actions) {
    this.actions = actions;
    this.labels = h("div", { className: "labels", role: "group", "aria-label": "Label" });
    this.list = h("ol", { className: "boxes" });
    this.empty = h(
      "p",
      { className: "hint" },
      "No boxes yet. Drag on the image, or press Add box.",
    );
    this.numbers = h("div", {
      className: "numbers",
      role: "group",
      "aria-label": "Selected box, in pixels",
    });
    this.inputs = NUMBERS.map((name) => this.#numberInput(name));
    this.add = h("button", { type: "button", onclick: () => actions.addCentred() }, "Add box");
    this.undo = h("button", { type: "button", onclick: () => actions.undo() }, "Undo");
    this.element = h(
      "section",
      { className: "panel" },
      h("div", {}, h("h3", {}, "Label"), this.labels),
      h("div", {}, h("h3", {}, "Boxes"), this.empty, this.list),
      this.numbers,
      h("div", { className: "tools" }, this.add, this.undo),
      h("p", { className: "hint keys" }, KEYS_HELP),
    );
  }

  focus() {
    this.add.focus();
  }

  show({ boxes, selected, labels, activeLabel, canUndo }) {
    const current = boxes[selected]?.label ?? activeLabel;
    rebuild(
      this.labels,
      labels.map((label, at) => this.#labelButton(label, at, labels, current)),
    );
    rebuild(
      this.list,
      boxes.map((box, at) => this.#row(box, at, at === selected, labels)),
    );
    this.empty.hidden = boxes.length > 0;
    this.numbers.hidden = selected < 0;
    this.undo.disabled = !canUndo;
    this.selected = selected;
    this.box = boxes[selected];
    if (this.box) for (const input of this.inputs) input.value = this.box[input.name];
  }

  #labelButton(label, index, labels, current) {
    const color = colorOf(label, labels);
    const choose = () => this.actions.label(label);
    return labelButton({ text: label, color, index, isActive: label === current, choose });
  }

  #row(box, at, isActive, labels) {
    return labelledRow({
      color: colorOf(box.label, labels),
      content: [`${at + 1}. ${box.label}`],
      isActive,
      open: () => {
        this.actions.select(at);
        this.actions.focus(at);
      },
      removeLabel: `Delete box ${at + 1}`,
      remove: () => this.actions.remove(at),
    });
  }

  #numberInput(name) {
    const input = h("input", { type: "number", name, min: "0", step: "1" });
    input.addEventListener("change", () => {
      this.actions.change(this.selected, { ...this.box, [name]: Number(input.value) });
      this.actions.changed();
    });
    this.numbers.append(h("label", {}, name, input));
    return input;
  }
}
