/** Brush, eraser and polygon on the stage of a mask, by pointer or by a cursor that keys move. */
import { sheet, svg } from "./dom.js";
import { within } from "./image_stage.js";

export const maskStyles = sheet(`
  .cursor { fill: none; stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; pointer-events: none; paint-order: stroke; }
  .cursor.inner { stroke-width: 1; stroke: #000; }
  .outline { fill-opacity: .25; stroke-width: 2; vector-effect: non-scaling-stroke; pointer-events: none; }
`);

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAST_SIZE = 1;
/** A tenth of a pixel is precise enough, and keeps drafts short. */
const corner = ({ x, y }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10];

export class MaskPainter {
  #cursor = null;
  #outline = [];
  /** The stroke that keys are painting, or null. */
  #pen = null;

  /** `actions`: stroke(stroke), called again while a stroke grows, and changed() at its end. */
  constructor(stage, actions) {
    Object.assign(this, { stage, actions });
    this.mode = "brush";
    this.size = 0;
    this.color = "#000000";
    const { overlay } = stage;
    overlay.setAttribute("tabindex", "0");
    overlay.setAttribute("role", "application");
    overlay.addEventListener("pointerdown", (event) => this.#onPointer(event));
    overlay.addEventListener("pointermove", (event) => this.#moveTo(stage.point(event)));
    overlay.addEventListener("keydown", (event) => this.#onKey(event));
    stage.image.addEventListener("load", () => this.#startSize());
    stage.onView = () => this.draw();
  }

  setMode(mode) {
    this.mode = mode;
    this.#outline = [];
    this.#endPen();
    this.draw();
  }

  setSize(size) {
    const { width, height } = this.stage.size;
    this.size = Math.round(within(size, LEAST_SIZE, Math.max(LEAST_SIZE, width, height)));
    this.draw();
  }

  draw() {
    const { x, y } = this.#cursor ?? this.stage.middle;
    if (!this.stage.size.width) return;
    const circle = { cx: x, cy: y, r: this.mode === "polygon" ? 3 / this.stage.scale : this.size / 2 };
    const points = [...this.#outline, [x, y]].map((point) => point.join(",")).join(" ");
    this.stage.shapes.replaceChildren(
      ...(this.#outline.length > 0
        ? [svg("polygon", { class: "outline", points, fill: this.color, stroke: this.color })]
        : []),
      svg("circle", { class: "cursor", ...circle }),
      svg("circle", { class: "cursor inner", ...circle }),
    );
  }

  #startSize() {
    const { width, height } = this.stage.size;
    this.setSize(Math.max(width, height) / 25);
  }

  #moveTo(point) {
    this.#cursor = point;
    this.draw();
  }

  #stroke(points) {
    return { points, size: this.size, ...(this.mode === "eraser" ? { area: -1 } : {}) };
  }

  #onPointer(event) {
    if (event.button !== 0 || !this.stage.size.width) return;
    event.preventDefault();
    this.stage.overlay.focus();
    const at = this.stage.point(event);
    this.#cursor = at;
    if (this.mode === "polygon") return this.#addCorner(corner(at));
    const points = [corner(at)];
    this.actions.stroke(this.#stroke(points));
    return this.stage.dragPointer(
      event,
      (moved) => {
        points.push(corner(this.stage.point(moved)));
        this.actions.stroke(this.#stroke([...points]));
      },
      () => this.actions.changed(),
    );
  }

  /** The first corner again closes the polygon, and so does the last one. */
  #addCorner([x, y]) {
    const isNear = (other) =>
      other && Math.hypot(other[0] - x, other[1] - y) * this.stage.scale < 10;
    const isEnd = isNear(this.#outline[0]) || isNear(this.#outline.at(-1));
    if (isEnd) return this.#closeOutline();
    this.#outline = [...this.#outline, [x, y]];
    return this.draw();
  }

  #closeOutline() {
    if (this.#outline.length >= 3) {
      this.actions.stroke({ points: this.#outline, fill: true });
      this.actions.changed();
    }
    this.#outline = [];
    this.draw();
  }

  /** Arrows move the cursor; the space bar puts the brush down and lifts it, or sets a corner. */
  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    if (direction) this.#step(direction, event.shiftKey);
    else if (event.key === " ") this.#press();
    else if (event.key === "Enter" && this.#outline.length > 0) this.#closeOutline();
    else if (event.key === "Escape") this.setMode(this.mode);
    else return;
    event.preventDefault();
  }

  #step([dx, dy], isFar) {
    const { width, height } = this.stage.size;
    const step = Math.max(1, Math.round(this.size / 2)) * (isFar ? 5 : 1);
    const { x, y } = this.#cursor ?? this.stage.middle;
    this.#moveTo({ x: within(x + dx * step, 0, width), y: within(y + dy * step, 0, height) });
    if (this.#pen === null) return;
    this.#pen = [...this.#pen, corner(this.#cursor)];
    this.actions.stroke(this.#stroke(this.#pen));
  }

  #press() {
    const at = corner(this.#cursor ?? this.stage.middle);
    if (this.mode === "polygon") return this.#addCorner(at);
    if (this.#pen !== null) return this.#endPen();
    this.#pen = [at];
    return this.actions.stroke(this.#stroke(this.#pen));
  }

  #endPen() {
    if (this.#pen === null) return;
    this.#pen = null;
    this.actions.changed();
  }
}
