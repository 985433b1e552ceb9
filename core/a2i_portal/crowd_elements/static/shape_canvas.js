/** The shapes on the image: turns pointer and keys into changes of them. */
import { ShapeDrawing } from "./shape_drawing.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAST_DRAG_PX = 4;
const CLOSE_PX = 12;

/**
 * `kind` is a kind of shape (box_shape.js, point_shapes.js). `actions`: select(index), add(shape),
 * change(index, shape), changed(), remove(index). While a pointer drags, change() is called often
 * and changed() once at its end.
 */
export class ShapeCanvas {
  /** Points of a path that is being drawn, and where the pointer is. */
  #pending = [];
  #hover = null;

  constructor(stage, kind, actions) {
    Object.assign(this, { stage, kind, actions });
    this.drawing = new ShapeDrawing(stage, kind, {
      focus: (index) => actions.select(index),
      key: (event, index) => this.#onKey(event, index),
      pointKey: (event, index, at) => this.#onPointKey(event, index, at),
    });
    this.state = { shapes: [], selected: -1, labels: [] };
    stage.overlay.tabIndex = -1;
    stage.overlay.addEventListener("pointerdown", (event) => this.#onPointer(event));
    stage.overlay.addEventListener("pointermove", (event) => this.#onHover(event));
    stage.onView = () => this.draw();
  }

  get size() {
    return this.stage.size;
  }

  show(state) {
    this.state = state;
    this.draw();
  }

  focusShape(index) {
    this.#find(index)?.focus();
  }

  /** Takes back the last point of a path that is being drawn; returns whether there was one. */
  takeBack() {
    if (this.#pending.length === 0) return false;
    this.#pending = this.#pending.slice(0, -1);
    this.draw();
    return true;
  }

  /** Enter ends the path that is being drawn, Escape drops it; returns whether there was one. */
  endPath(event) {
    if (this.#pending.length === 0 || !["Enter", "Escape"].includes(event.key)) return false;
    event.preventDefault();
    if (event.key === "Enter") this.#finishPath();
    else this.dropPath();
    return true;
  }

  dropPath() {
    this.#pending = [];
    this.draw();
  }

  draw() {
    if (!this.size.width) return;
    const { index, handle } = this.stage.overlay.getRootNode().activeElement?.dataset ?? {};
    this.stage.shapes.replaceChildren(
      ...this.state.shapes.map((_, at) => this.drawing.shape(this.state, at)),
      ...(this.#pending.length > 0
        ? this.drawing.path(this.state, this.#pending, this.#hover)
        : []),
    );
    if (index !== undefined) this.#find(index, handle)?.focus();
  }

  /** A shape, or its point `handle` where that one can be reached. */
  #find(index, handle) {
    const [shape] = this.stage.shapes.querySelectorAll(`.shape[data-index="${index}"]`);
    return shape?.querySelector(`[data-index][data-handle="${handle}"]`) ?? shape;
  }

  #onHover(event) {
    if (this.#pending.length === 0) return;
    this.#hover = this.stage.point(event);
    this.draw();
  }

  #onPointer(event) {
    if (event.button !== 0 || !this.size.width) return;
    event.preventDefault();
    const group = event.target.closest(".shape");
    if (this.#pending.length > 0 || (group === null && this.kind.gesture === "points"))
      this.#addPoint(event);
    else if (group !== null) this.#adjust(event, Number(group.dataset.index));
    else if (this.kind.gesture !== "none") this.#drawNew(event);
  }

  /** The first point again closes a polygon; the last one again ends any path. */
  #addPoint(event) {
    const point = this.stage.point(event);
    const isNear = (other) =>
      other && Math.hypot(other.x - point.x, other.y - point.y) < CLOSE_PX / this.stage.scale;
    const isEnd = (this.kind.isClosed && isNear(this.#pending[0])) || isNear(this.#pending.at(-1));
    if (isEnd && this.#pending.length >= this.kind.fewest) return this.#finishPath();
    if (isEnd) return undefined;
    this.stage.overlay.focus();
    this.#hover = point;
    this.#pending = [...this.#pending, point];
    this.actions.select(-1);
    return this.draw();
  }

  #finishPath() {
    if (this.#pending.length < this.kind.fewest) return;
    const shape = this.kind.finished(this.#pending, this.size);
    this.#pending = [];
    this.actions.add(shape);
    this.actions.changed();
  }

  /** A new shape appears once the pointer went far enough to mean it; a key point at once. */
  #drawNew(start) {
    const from = this.stage.point(start);
    let index = -1;
    const draw = (event) => {
      const shape = this.kind.between(from, this.stage.point(event), this.size);
      if (index < 0) index = this.actions.add(shape);
      else this.actions.change(index, { ...this.state.shapes[index], ...shape });
    };
    if (this.kind.gesture === "click") draw(start);
    this.#drag(start, (event) => {
      const distance = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
      if (index >= 0 || distance >= LEAST_DRAG_PX) draw(event);
    });
  }

  #adjust(start, index) {
    const { handle, after } = start.target.dataset;
    const from = this.stage.point(start);
    this.actions.select(index);
    this.#find(index, handle)?.focus();
    let [before, at] = [this.state.shapes[index], handle];
    if (after !== undefined) {
      before = this.kind.insert(before, Number(after), from, this.size);
      at = Number(after) + 1;
      this.actions.change(index, before);
    }
    this.#drag(start, (event) => {
      const to = this.stage.point(event);
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const shape =
        at === undefined
          ? this.kind.move(before, dx, dy, this.size)
          : this.kind.moveHandle(before, Number(at), dx, dy, this.size);
      this.actions.change(index, shape);
    });
  }

  #drag(start, moved) {
    this.stage.dragPointer(start, moved, () => this.actions.changed());
  }

  /** Arrows move by one pixel, with Shift by ten; with Ctrl they resize what can be resized. */
  #onKey(event, index) {
    if (event.target !== event.currentTarget) return undefined; // one of its points
    const shape = this.state.shapes[index];
    if (isDelete(event)) {
      event.preventDefault();
      return this.actions.remove(index);
    }
    const step = stepOf(event);
    if (step === null) return undefined;
    const change = event.ctrlKey ? this.kind.resize : this.kind.move;
    if (change) this.#replace(index, change(shape, ...step, this.size));
    return event.preventDefault();
  }

  #onPointKey(event, index, at) {
    const shape = this.state.shapes[index];
    const step = stepOf(event);
    if (step !== null) this.#replace(index, this.kind.moveHandle(shape, at, ...step, this.size));
    else if (event.key === "i" && this.kind.insert) this.#insertAfter(shape, index, at);
    else if (isDelete(event) && this.kind.removePoint) {
      if (shape.vertices.length > this.kind.fewest)
        this.#replace(index, this.kind.removePoint(shape, at));
    } else return;
    event.preventDefault();
  }

  #insertAfter(shape, index, at) {
    const middle = this.kind.middles(shape).find(({ after }) => after === at);
    if (!middle) return;
    this.#replace(index, this.kind.insert(shape, at, middle, this.size));
    this.#find(index, at + 1)?.focus();
  }

  #replace(index, shape) {
    this.actions.change(index, shape);
    this.actions.changed();
  }
}

function isDelete({ key }) {
  return key === "Delete" || key === "Backspace";
}

function stepOf(event) {
  const direction = ARROWS[event.key];
  if (direction === undefined || event.altKey || event.metaKey) return null;
  return direction.map((unit) => unit * (event.shiftKey ? 10 : 1));
}
