/** The panel beside the image: labels, the list of shapes, and the numbers of the selected one. */
import { h, rebuild } from "./dom.js";
import { colorOf } from "./label_colors.js";
import { historyButtons, labelButtons, labelledRow } from "./label_panel.js";

export class ShapePanel {
  /** `kind` is a kind of shape, `actions` as ShapeCanvas has them, and undo(), redo(), label(label). */
  constructor(kind, actions) {
    this.kind = kind;
    this.actions = actions;
    this.labels = h("div", { className: "labels", role: "group", "aria-label": "Label" });
    this.list = h("ol", { className: "items" });
    this.empty = h("p", { className: "hint" }, `No ${kind.nouns} yet. ${kind.hint}`);
    this.numbers = h("div", {
      className: "numbers",
      role: "group",
      "aria-label": `Selected ${kind.noun}, in pixels`,
    });
    this.inputs = kind.numbers.map((name) => this.#numberInput(name));
    this.add = h(
      "button",
      { type: "button", onclick: () => actions.addCentred() },
      `Add ${kind.noun}`,
    );
    this.history = historyButtons(actions);
    this.element = h(
      "section",
      { className: "panel" },
      h("div", {}, h("h3", {}, "Label"), this.labels),
      h("div", {}, h("h3", {}, kind.nouns), this.empty, this.list),
      this.numbers,
      h("div", { className: "tools" }, this.add, ...this.history.buttons),
      h("p", { className: "hint keys" }, keysHelp(kind)),
    );
  }

  focus() {
    this.add.focus();
  }

  show({ shapes, selected, labels, activeLabel, history }) {
    const current = shapes[selected]?.label ?? activeLabel;
    rebuild(
      this.labels,
      labelButtons(labels, current, (label) => this.actions.label(label)),
    );
    rebuild(
      this.list,
      shapes.map((shape, at) => this.#row(shape, at, at === selected, labels)),
    );
    this.empty.hidden = shapes.length > 0;
    this.history.show(history);
    this.selected = selected;
    this.shape = shapes[selected];
    this.numbers.hidden = !this.shape || this.inputs.length === 0;
    if (this.shape) for (const input of this.inputs) input.value = this.shape[input.name];
  }

  #row(shape, at, isActive, labels) {
    return labelledRow({
      color: colorOf(shape.label, labels),
      content: [`${at + 1}. ${shape.label}`],
      isActive,
      open: () => {
        this.actions.select(at);
        this.actions.focus(at);
      },
      removeLabel: `Delete ${this.kind.noun} ${at + 1}`,
      remove: () => this.actions.remove(at),
    });
  }

  #numberInput(name) {
    const input = h("input", { type: "number", name, min: "0", step: "1" });
    const take = () => {
      if (Number(input.value) === this.shape?.[name]) return;
      this.actions.change(this.selected, { ...this.shape, [name]: Number(input.value) });
      this.actions.changed();
    };
    input.addEventListener("change", take);
    input.addEventListener("keydown", ({ key }) => key === "Enter" && take()); // it may submit
    this.numbers.append(h("label", {}, name, input));
    return input;
  }
}

function keysHelp({ noun, keys }) {
  return (
    `Keys: A adds a ${noun}; digits and letters choose the label; Tab reaches a ${noun}, ${keys}; ` +
    "Delete removes it. Ctrl+Z undoes, Ctrl+Y redoes. + and − zoom, 0 fits, R rotates, H moves the image."
  );
}
