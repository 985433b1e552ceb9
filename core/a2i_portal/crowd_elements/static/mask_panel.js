/** The panel beside a mask: what is painted, with which brush. */
import { h, rebuild } from "./dom.js";
import { historyButtons } from "./label_panel.js";

const MODES = { brush: "Brush", eraser: "Eraser", polygon: "Polygon" };
const MODE_KEYS = { b: "brush", e: "eraser", a: "polygon" };
const KEYS_HELP =
  "Keys: digits and letters choose the label; B brush, E eraser, A polygon, and to the image; [ and ] change the brush. " +
  "There arrows move the cursor (Shift: further), the space bar puts the brush down and lifts it, or sets a corner; Enter " +
  "closes the polygon. Ctrl+Z undoes, Ctrl+Y redoes. + and − zoom, 0 fits, R rotates, H moves the image.";

export class MaskPanel {
  /** `actions`: undo(), redo(). */
  constructor(painter, actions) {
    this.painter = painter;
    this.labels = h("div", { className: "labels", role: "group", "aria-label": "Label" });
    this.items = h("ol", { className: "items" });
    this.modes = Object.entries(MODES).map(([mode, text]) => this.#modeButton(mode, text));
    this.size = h("input", { type: "number", name: "size", min: "1", step: "1" });
    this.size.addEventListener("input", (event) => event.stopPropagation()); // no answer
    this.size.addEventListener("change", (event) => {
      event.stopPropagation();
      painter.setSize(Number(this.size.value) || 1);
    });
    this.history = historyButtons(actions);
    this.element = h(
      "section",
      { className: "panel" },
      h("div", {}, h("h3", {}, "Label"), this.labels),
      this.items,
      h("div", { className: "tools", role: "group", "aria-label": "Tool" }, ...this.modes),
      h("div", { className: "numbers" }, h("label", {}, "Width of the brush, in pixels", this.size)),
      h("div", { className: "tools" }, ...this.history.buttons),
      h("p", { className: "hint keys" }, KEYS_HELP),
    );
  }

  /** `content`: {labels, items}, both nodes. */
  show({ labels, items }, history) {
    rebuild(this.labels, labels);
    rebuild(this.items, items);
    this.items.hidden = items.length === 0;
    this.history.show(history);
    this.#showTool();
  }

  /** Returns whether `key` was one of the panel's. */
  onKey(key) {
    if (key === "[" || key === "]") this.painter.setSize(this.painter.size * (key === "]" ? 1.5 : 1 / 1.5));
    else if (MODE_KEYS[key]) this.painter.setMode(MODE_KEYS[key]);
    else return false;
    this.#showTool();
    return true;
  }

  #modeButton(mode, text) {
    const choose = () => {
      this.painter.setMode(mode);
      this.#showTool();
    };
    const button = h("button", { type: "button", onclick: choose }, text);
    button.dataset.mode = mode;
    return button;
  }

  #showTool() {
    this.size.value = this.painter.size;
    for (const button of this.modes)
      button.setAttribute("aria-pressed", String(button.dataset.mode === this.painter.mode));
  }
}
