/**
 * crowd-bounding-box, crowd-keypoint, crowd-line, crowd-polyline and crowd-polygon: draw, move, label
 * and delete shapes on an image, by pointer or by keyboard.
 * Answer (AWS, element reference): "name": {"boundingBoxes": [{height, label, left, top, width}],
 * "inputImageProperties": {height, width}}, in image pixels; "keypoints": [{label, x, y}]; "lines",
 * "polylines" and "polygons": [{label, vertices: [{x, y}]}]. "initialValueModified" where the template
 * gave an initial-value.
 */
import { BOX } from "./box_shape.js";
import { AnswerElement, reflect } from "./element.js";
import { History } from "./history.js";
import { ImageStage, stageStyles } from "./image_stage.js";
import { showTool } from "./image_tool.js";
import { panelStyles } from "./label_panel.js";
import { KEYPOINT, LINE, POLYGON, POLYLINE } from "./point_shapes.js";
import { ShapeCanvas } from "./shape_canvas.js";
import { shapeStyles } from "./shape_drawing.js";
import { ShapePanel } from "./shape_panel.js";
import { labelOfKey } from "./tool_keys.js";
import { workspaceStyles } from "./workspace.js";

/** Subclasses choose the `kind` of shape. */
class ShapeTool extends AnswerElement {
  static styles = [workspaceStyles, stageStyles, shapeStyles, panelStyles];
  #shapes = [];
  #initial = [];
  #selected = -1;
  #history = new History();

  build() {
    this.kind = this.constructor.kind;
    this.labels = this.labelList();
    this.activeLabel = this.labels[0];
    const actions = this.#actions();
    const { nouns } = this.kind;
    this.stage = new ImageStage(`${nouns[0].toUpperCase()}${nouns.slice(1)} on the image`);
    this.canvas = new ShapeCanvas(this.stage, this.kind, actions);
    this.panel = new ShapePanel(this.kind, actions);
    showTool(this, this.panel.element, () => this.#start(), (event) => this.#onKey(event));
    this.#show();
  }

  get value() {
    const { width, height } = this.stage.size;
    const value = {
      [this.kind.list]: this.#shapes.map(this.kind.answer),
      inputImageProperties: { height, width },
    };
    if (this.hasAttribute("initial-value")) value.initialValueModified = this.#isModified();
    return value;
  }

  get draft() {
    return this.#shapes;
  }

  set draft(shapes) {
    this.restored = shapes;
    if (this.stage.size.width) this.#start();
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }

  problem() {
    if (!this.stage.size.width) return "The image has not been loaded.";
    const unlabelled = this.#shapes.findIndex(({ label }) => !this.labels.includes(label));
    const { noun } = this.kind;
    if (unlabelled < 0) return "";
    return `${noun[0].toUpperCase()}${noun.slice(1)} ${unlabelled + 1} needs one of the labels.`;
  }

  focus() {
    this.panel.focus();
  }

  reset() {
    this.restored = undefined;
    this.#start();
  }

  /** The image's size is known: shapes can be placed. */
  #start() {
    const given = this.literal("initial-value", []);
    const fit = (shape) => this.kind.fit(shape, this.stage.size);
    this.#initial = (Array.isArray(given) ? given : []).map(fit);
    this.#shapes = (this.restored ?? this.#initial).map(fit);
    this.#history.clear();
    this.#selected = -1;
    this.#show();
  }

  #actions() {
    return {
      select: (index) => this.#select(index),
      add: (shape) => this.#add(shape),
      addCentred: () => this.#addCentred(),
      change: (index, shape) => this.#change(index, shape),
      changed: () => this.#settle(),
      remove: (index) => this.#remove(index),
      label: (label) => this.#label(label),
      undo: () => this.#undo(),
      redo: () => this.#travel(this.#history.redo(this.#shapes)),
      focus: (index) => this.canvas.focusShape(index),
    };
  }

  #select(index) {
    if (index === this.#selected) return;
    this.#selected = index;
    this.#show();
  }

  #add(shape) {
    this.#history.open(this.#shapes);
    this.#shapes = [...this.#shapes, { ...shape, label: this.activeLabel }];
    this.#selected = this.#shapes.length - 1;
    this.#show();
    return this.#selected;
  }

  #addCentred() {
    if (!this.stage.size.width) return;
    this.canvas.dropPath();
    this.#add(this.kind.centred(this.stage.middle, this.stage.reach, this.stage.size));
    this.canvas.focusShape(this.#selected);
    this.#settle();
  }

  #change(index, shape) {
    this.#history.open(this.#shapes);
    this.#shapes = this.#shapes.with(index, this.kind.fit(shape, this.stage.size));
    this.#show();
  }

  #remove(index) {
    this.#history.open(this.#shapes);
    this.#shapes = this.#shapes.toSpliced(index, 1);
    this.#selected = Math.min(index, this.#shapes.length - 1);
    this.#show();
    if (this.#selected >= 0) this.canvas.focusShape(this.#selected);
    else this.panel.focus();
    this.#settle();
  }

  #label(label) {
    this.activeLabel = label;
    const shape = this.#shapes[this.#selected];
    if (shape) this.#change(this.#selected, { ...shape, label });
    this.#show();
    if (shape) this.#settle();
  }

  #settle() {
    if (!this.#history.close()) return;
    this.#show();
    this.changed();
  }

  #undo() {
    if (!this.canvas.takeBack()) this.#travel(this.#history.undo(this.#shapes));
  }

  #travel(shapes) {
    if (shapes === this.#shapes) return;
    this.#shapes = shapes;
    this.#selected = -1;
    this.#show();
    this.changed();
  }

  #isModified() {
    const answers = (shapes) => JSON.stringify(shapes.map(this.kind.answer));
    return answers(this.#shapes) !== answers(this.#initial);
  }

  #show() {
    const { labels, activeLabel } = this;
    const state = { shapes: this.#shapes, selected: this.#selected, labels, activeLabel };
    this.canvas.show(state);
    this.panel.show({ ...state, history: this.#history });
  }

  /** Labels, A adds, Ctrl+Z and Ctrl+Y; the rest belongs to the view. */
  #onKey(event) {
    if (this.canvas.endPath(event)) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z") this.#undo();
      if (event.key === "y") this.#travel(this.#history.redo(this.#shapes));
      return;
    }
    const label = this.labels[labelOfKey(event)];
    if (label !== undefined) this.#label(label);
    else if (event.key === "a") this.#addCentred();
    else if (!this.stage.onKey(event.key)) return;
    event.preventDefault();
  }
}

reflect(ShapeTool, { text: ["name"] });

const KINDS = {
  "crowd-bounding-box": BOX,
  "crowd-keypoint": KEYPOINT,
  "crowd-line": LINE,
  "crowd-polyline": POLYLINE,
  "crowd-polygon": POLYGON,
};
for (const [tag, kind] of Object.entries(KINDS)) {
  customElements.define(
    tag,
    class extends ShapeTool {
      static kind = kind;
    },
  );
}
