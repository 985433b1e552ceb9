/**
 * A tool to paint areas of an image, by pointer or by keyboard, with the mask as its answer.
 * What has no label is white, Ground Truth's background.
 */
import { h } from "./dom.js";
import { AnswerElement, reflect } from "./element.js";
import { History } from "./history.js";
import { ImageStage, stageStyles } from "./image_stage.js";
import { showTool } from "./image_tool.js";
import { panelStyles } from "./label_panel.js";
import { MaskPainter, maskStyles } from "./mask_painter.js";
import { MaskPanel } from "./mask_panel.js";
import { MaskRaster } from "./mask_raster.js";
import { labelOfKey } from "./tool_keys.js";
import { workspaceStyles } from "./workspace.js";

const WHITE = 0xffffffff;
const NOTHING = 0;

/**
 * The state is {areas, strokes}: areas are what can be painted, [{label, color}], strokes what was
 * painted: {points, size, area} or {points, fill, area}, an area of -1 erases. Subclasses say where
 * areas come from and how the answer names them.
 */
export class MaskTool extends AnswerElement {
  static styles = [workspaceStyles, stageStyles, panelStyles, maskStyles];
  #history = new History();
  #proposal = null;

  build() {
    this.labels = this.labelList();
    this.start = { areas: this.startingAreas(), strokes: [] };
    this.state = this.start;
    this.area = this.state.areas.length > 0 ? 0 : -1;
    this.stage = new ImageStage("Mask on the image", { canvas: h("canvas") });
    this.painter = new MaskPainter(this.stage, {
      stroke: (stroke) => this.#paint(stroke),
      changed: () => this.#settle(),
    });
    this.panel = new MaskPanel(this.painter, {
      undo: () => this.#travel(this.#history.undo(this.state)),
      redo: () => this.#travel(this.#history.redo(this.state)),
    });
    showTool(this, this.panel.element, () => this.#start(), (event) => this.#onKey(event));
    this.show();
  }

  get value() {
    const { width, height } = this.stage.size;
    const value = {
      inputImageProperties: { height, width },
      labeledImage: { pngImageData: this.#png() },
      ...this.namedAreas(this.state.areas),
    };
    if (this.hasAttribute("initial-value")) value.initialValueModified = this.state !== this.start;
    return value;
  }

  get draft() {
    return this.state === this.start ? null : this.state;
  }

  set draft(state) {
    if (state === null) return;
    this.state = state;
    this.area = Math.min(Math.max(this.area, 0), state.areas.length - 1);
    this.show();
    this.#redraw();
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }

  problem() {
    if (!this.stage.size.width) return "The image has not been loaded.";
    return this.proposal.src && !this.#proposal ? "The proposed mask has not been loaded." : "";
  }

  focus() {
    this.stage.overlay.focus();
  }

  reset() {
    this.#history.clear();
    this.state = this.start;
    this.area = Math.min(this.area, this.state.areas.length - 1);
    this.show();
    this.#redraw();
  }

  /** The mask of a model: {src, labelMappings | instances}; empty where there is none. */
  get proposal() {
    return Object(this.literal("initial-value", {}));
  }

  /** Changes the areas by hand: for subclasses. */
  change(areas, strokes = this.state.strokes) {
    this.#history.open(this.state);
    this.state = { areas, strokes };
    this.#redraw();
    this.#settle();
  }

  show() {
    const [areas, content] = this.palette();
    this.painter.color = areas[this.area]?.color ?? "#000000";
    this.painter.draw();
    this.panel.show(content, this.#history);
  }

  /** The image's size is known; the proposed mask comes on top of it. */
  #start() {
    this.show();
    this.#redraw();
    const { src } = this.proposal;
    if (!src) return;
    const mask = h("img", { crossOrigin: "anonymous" });
    mask.addEventListener("load", () => {
      this.#proposal = pixelsOf(mask, this.stage.size);
      this.showProblem("");
      this.#redraw();
      this.stage.element.dataset.proposed = "";
    });
    mask.addEventListener("error", () => this.showProblem("The proposed mask could not be loaded."));
    mask.src = src;
  }

  /** While a stroke grows, it replaces what it was, and only what it gained is painted. */
  #paint(stroke) {
    const added = { area: this.area, ...stroke };
    if (added.area < 0 && stroke.area === undefined)
      return this.showProblem("Press one of the labels first.");
    const { areas, strokes } = this.state;
    const before = this.isPainting ? strokes.slice(0, -1) : strokes;
    const gained = this.isPainting ? { ...added, points: added.points.slice(-2) } : added;
    this.#history.open(this.state);
    this.isPainting = true;
    this.state = { areas, strokes: [...before, added] };
    this.raster.paint(gained);
    return this.raster.show(this.stage.canvas, this.state.areas, NOTHING);
  }

  #settle() {
    this.isPainting = false;
    if (!this.#history.close()) return;
    this.show();
    this.changed();
  }

  #travel(state) {
    if (state === this.state) return;
    this.state = state;
    this.area = Math.min(Math.max(this.area, 0), state.areas.length - 1);
    this.show();
    this.#redraw();
    this.changed();
  }

  #redraw() {
    if (!this.stage.size.width) return;
    this.raster = new MaskRaster(this.stage.size);
    if (this.#proposal) this.raster.read(this.#proposal, this.state.areas);
    for (const stroke of this.state.strokes) this.raster.paint(stroke);
    this.raster.showAll(this.stage.canvas, this.state.areas, NOTHING);
  }

  #png() {
    const canvas = h("canvas", this.stage.size);
    this.raster.showAll(canvas, this.state.areas, WHITE);
    return canvas.toDataURL("image/png").split(",")[1];
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z") this.#travel(this.#history.undo(this.state));
      if (event.key === "y") this.#travel(this.#history.redo(this.state));
      return;
    }
    const label = labelOfKey(event);
    if (this.labels[label] !== undefined) this.chooseLabel(this.labels[label]);
    else if (this.panel.onKey(event.key)) this.focus(); // the cursor follows the chosen tool
    else if (!this.stage.onKey(event.key)) return;
    event.preventDefault();
  }
}

reflect(MaskTool, { text: ["name"] });

function pixelsOf(image, { width, height }) {
  const context = h("canvas", { width, height }).getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
