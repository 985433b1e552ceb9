/**
 * crowd-bounding-box: draw, move, resize, label and delete boxes, by pointer or by keyboard.
 * Answer (AWS, element reference): "name": {"boundingBoxes": [{height, label, left, top, width}],
 * "inputImageProperties": {height, width}}, in image pixels; "initialValueModified" where the
 * template gave an initial-value.
 */
import { BoxCanvas, canvasStyles } from "./box_canvas.js";
import { centredBox, fitBox } from "./box_geometry.js";
import { BoxPanel } from "./box_panel.js";
import { h, isTyping } from "./dom.js";
import { AnswerElement, problemPlace, reflect } from "./element.js";
import { panelStyles } from "./label_panel.js";
import { workspace, workspaceStyles } from "./workspace.js";

const ZOOM_STEPS = [1, 1.5, 2, 3, 4];

export class CrowdBoundingBox extends AnswerElement {
  static styles = [workspaceStyles, canvasStyles, panelStyles];
  #boxes = [];
  #initial = [];
  #selected = -1;
  #history = [];

  build() {
    this.labels = this.#readLabels();
    this.activeLabel = this.labels[0];
    const actions = this.#actions();
    this.canvas = new BoxCanvas(actions);
    this.panel = new BoxPanel(actions);
    this.shadowRoot.append(
      workspace(this, {
        target: [this.#zoomBar(), this.canvas.element],
        answer: [this.panel.element, problemPlace()],
      }),
    );
    this.canvas.image.addEventListener("load", () => this.#start());
    this.canvas.image.addEventListener("error", () =>
      this.showProblem("The image could not be loaded."),
    );
    this.canvas.image.src = this.getAttribute("src") ?? "";
    this.shadowRoot.addEventListener("keydown", (event) => this.#onKey(event));
    this.#show();
  }

  get value() {
    const { width, height } = this.canvas.size;
    const value = {
      boundingBoxes: this.#boxes.map(answerBox),
      inputImageProperties: { height, width },
    };
    if (this.hasAttribute("initial-value")) value.initialValueModified = this.#isModified();
    return value;
  }

  get draft() {
    return this.#boxes;
  }

  set draft(boxes) {
    this.restored = boxes;
    if (this.canvas.size.width) this.#start();
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }

  problem() {
    if (!this.canvas.size.width) return "The image has not been loaded.";
    const unlabelled = this.#boxes.findIndex((box) => !this.labels.includes(box.label));
    return unlabelled < 0 ? "" : `Box ${unlabelled + 1} needs one of the labels.`;
  }

  focus() {
    this.panel.focus();
  }

  reset() {
    this.restored = undefined;
    this.#start();
  }

  #readLabels() {
    const labels = this.literal("labels", []);
    const isUsable = Array.isArray(labels) && labels.length > 0;
    if (!isUsable)
      this.complain("labels: expected a list of at least one label, as in ['Car', 'Person']");
    return isUsable ? labels.map(String) : [];
  }

  /** The image's size is known: boxes can be placed. */
  #start() {
    const given = this.literal("initial-value", []);
    const fit = (box) => fitBox(box, this.canvas.size);
    this.#initial = (Array.isArray(given) ? given : []).map(fit);
    this.#boxes = (this.restored ?? this.#initial).map(fit);
    this.#history = [];
    this.#selected = -1;
    this.#show();
  }

  #actions() {
    return {
      select: (index) => this.#select(index),
      add: (box) => this.#add(box),
      addCentred: () => this.#addCentred(),
      change: (index, box) => this.#change(index, box),
      changed: () => this.#settle(),
      remove: (index) => this.#remove(index),
      label: (label) => this.#label(label),
      undo: () => this.#undo(),
      focus: (index) => this.canvas.focusBox(index),
    };
  }

  #select(index) {
    if (index === this.#selected) return;
    this.#selected = index;
    this.#show();
  }

  #add(box) {
    this.#remember();
    this.#boxes = [...this.#boxes, { ...box, label: this.activeLabel }];
    this.#selected = this.#boxes.length - 1;
    this.#show();
    return this.#selected;
  }

  #addCentred() {
    if (!this.canvas.size.width) return;
    this.#add(centredBox(this.canvas.size));
    this.canvas.focusBox(this.#selected);
    this.#settle();
  }

  #change(index, box) {
    this.#remember();
    this.#boxes = this.#boxes.with(index, fitBox(box, this.canvas.size));
    this.#show();
  }

  #remove(index) {
    this.#remember();
    this.#boxes = this.#boxes.toSpliced(index, 1);
    this.#selected = Math.min(index, this.#boxes.length - 1);
    this.#show();
    if (this.#selected >= 0) this.canvas.focusBox(this.#selected);
    else this.panel.focus();
    this.#settle();
  }

  #label(label) {
    this.activeLabel = label;
    const box = this.#boxes[this.#selected];
    if (box) this.#change(this.#selected, { ...box, label });
    this.#show();
    if (box) this.#settle();
  }

  /** One step of the history is what happens between two settled states: a whole drag. */
  #remember() {
    if (this.isUnsettled) return;
    this.isUnsettled = true;
    this.#history.push(this.#boxes);
  }

  #settle() {
    if (!this.isUnsettled) return;
    this.isUnsettled = false;
    this.changed();
  }

  #undo() {
    if (this.#history.length === 0) return;
    this.#boxes = this.#history.pop();
    this.#selected = -1;
    this.#show();
    this.changed();
  }

  #isModified() {
    return (
      JSON.stringify(this.#boxes.map(answerBox)) !== JSON.stringify(this.#initial.map(answerBox))
    );
  }

  #show() {
    const state = { boxes: this.#boxes, selected: this.#selected, labels: this.labels };
    this.canvas.show(state);
    this.panel.show({ ...state, activeLabel: this.activeLabel, canUndo: this.#history.length > 0 });
  }

  /** Digits label, A adds, Ctrl+Z takes back. */
  #onKey(event) {
    if (isTyping(event) || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z") this.#undo();
      return;
    }
    const label = this.labels[Number(event.key) - 1];
    if (label !== undefined) this.#label(label);
    if (event.key === "a") this.#addCentred();
  }

  #zoomBar() {
    let at = 0;
    const shown = h("output", {}, "100 %");
    const zoom = (step) => {
      at = Math.min(Math.max(at + step, 0), ZOOM_STEPS.length - 1);
      this.canvas.zoom = ZOOM_STEPS[at];
      shown.textContent = `${ZOOM_STEPS[at] * 100} %`;
    };
    const button = (text, label, step) =>
      h("button", { type: "button", ariaLabel: label, onclick: () => zoom(step) }, text);
    return h(
      "div",
      { className: "zoom" },
      button("−", "Zoom out", -1),
      shown,
      button("+", "Zoom in", 1),
    );
  }
}

function answerBox({ height, label, left, top, width }) {
  return { height, label, left, top, width };
}

reflect(CrowdBoundingBox, { text: ["name"] });
customElements.define("crowd-bounding-box", CrowdBoundingBox);
