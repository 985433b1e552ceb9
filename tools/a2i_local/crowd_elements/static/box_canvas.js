/** The image with its boxes: draws them, and turns pointer and keys into new boxes. */
import { boxBetween, moveBox, resizeBox } from "./box_geometry.js";
import { h, sheet, svg } from "./dom.js";
import { colorOf } from "./label_colors.js";

export const canvasStyles = sheet(`
  .scroller { overflow: auto; max-height: 75vh; }
  .stage { position: relative; margin: 0 auto; width: calc(min(100%, 70vh * var(--aspect, 1)) * var(--zoom, 1)); line-height: 0; touch-action: none; user-select: none; }
  .stage img { width: 100%; }
  .stage svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair; overflow: visible; }
  .box { cursor: move; outline: none; }
  .box rect.edge { fill-opacity: .08; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .box.selected rect.edge { fill-opacity: .16; stroke-width: 3; }
  .box:focus-visible rect.edge { stroke-width: 5; stroke-dasharray: 8 4; }
  .handle { fill: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .box text { fill: #fff; font-weight: 600; pointer-events: none; }
`);

const HANDLES = [
  { x: -1, y: -1, cursor: "nwse-resize" },
  { x: 0, y: -1, cursor: "ns-resize" },
  { x: 1, y: -1, cursor: "nesw-resize" },
  { x: 1, y: 0, cursor: "ew-resize" },
  { x: 1, y: 1, cursor: "nwse-resize" },
  { x: 0, y: 1, cursor: "ns-resize" },
  { x: -1, y: 1, cursor: "nesw-resize" },
  { x: -1, y: 0, cursor: "ew-resize" },
];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const BOTTOM_RIGHT = { x: 1, y: 1 };
const LEAST_DRAG_PX = 4;

/**
 * `actions`: select(index), add(box), change(index, box), changed(), remove(index). While a pointer
 * drags, change() is called often and changed() once at its end.
 */
export class BoxCanvas {
  constructor(actions) {
    this.actions = actions;
    this.state = { boxes: [], selected: -1, labels: [] };
    this.image = h("img", { alt: "", draggable: false });
    this.overlay = svg("svg", { role: "group", "aria-label": "Boxes on the image" });
    this.stage = h("div", { className: "stage" }, this.image, this.overlay);
    this.element = h("div", { className: "scroller" }, this.stage);
    this.overlay.addEventListener("pointerdown", (event) => this.#onPointer(event));
    this.image.addEventListener("load", () => {
      this.stage.style.setProperty("--aspect", this.size.width / this.size.height);
    });
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  get size() {
    return { width: this.image.naturalWidth, height: this.image.naturalHeight };
  }

  set zoom(factor) {
    this.stage.style.setProperty("--zoom", factor);
  }

  show(state) {
    this.state = state;
    this.draw();
  }

  focusBox(index) {
    this.overlay.querySelector(`[data-index="${index}"]`)?.focus();
  }

  draw() {
    if (!this.size.width) return;
    const focused = this.overlay.getRootNode().activeElement?.dataset?.index;
    this.overlay.setAttribute("viewBox", `0 0 ${this.size.width} ${this.size.height}`);
    this.overlay.replaceChildren(
      ...this.state.boxes.map((box, index) => this.#drawBox(box, index)),
    );
    if (focused !== undefined) this.focusBox(focused);
  }

  /** Image pixels per pixel on the screen. */
  get #scale() {
    return this.size.width / (this.stage.clientWidth || this.size.width);
  }

  #drawBox(box, index) {
    const isSelected = index === this.state.selected;
    const color = colorOf(box.label, this.state.labels);
    const { left: x, top: y, width, height } = box;
    const group = svg(
      "g",
      {
        class: isSelected ? "box selected" : "box",
        "data-index": String(index),
        tabindex: "0",
        role: "button",
        "aria-pressed": String(isSelected),
        "aria-label": `Box ${index + 1}: ${box.label}, left ${x}, top ${y}, width ${width}, height ${height}`,
      },
      svg("rect", { class: "edge", x, y, width, height, fill: color, stroke: color }),
      ...this.#drawLabel(box, color),
      ...(isSelected ? HANDLES.map((handle, at) => this.#drawHandle(box, handle, at, color)) : []),
    );
    group.addEventListener("focus", () => this.actions.select(index));
    group.addEventListener("keydown", (event) => this.#onKey(event, index));
    return group;
  }

  #drawLabel(box, color) {
    const size = 13 * this.#scale;
    const y = box.top >= size * 1.6 ? box.top - size * 1.5 : box.top;
    const width = (String(box.label).length * 0.62 + 0.8) * size;
    return [
      svg("rect", { x: box.left, y, width, height: size * 1.5, fill: color }),
      svg(
        "text",
        { x: box.left + size * 0.4, y: y + size * 1.1, "font-size": size },
        String(box.label),
      ),
    ];
  }

  #drawHandle(box, handle, at, color) {
    const size = 9 * this.#scale;
    const x = box.left + ((handle.x + 1) / 2) * box.width - size / 2;
    const y = box.top + ((handle.y + 1) / 2) * box.height - size / 2;
    const style = `cursor: ${handle.cursor}`;
    return svg("rect", {
      class: "handle",
      "data-handle": String(at),
      x,
      y,
      width: size,
      height: size,
      stroke: color,
      style,
    });
  }

  #point(event) {
    const frame = this.image.getBoundingClientRect();
    return {
      x: ((event.clientX - frame.left) / frame.width) * this.size.width,
      y: ((event.clientY - frame.top) / frame.height) * this.size.height,
    };
  }

  #onPointer(event) {
    if (event.button !== 0 || !this.size.width) return;
    event.preventDefault();
    const group = event.target.closest(".box");
    if (group === null) this.#drag(event, this.#drawing(event));
    else this.#drag(event, this.#adjusting(event, Number(group.dataset.index)));
  }

  #drag(start, step) {
    this.overlay.setPointerCapture(start.pointerId);
    const moved = (event) => step(event);
    const ended = () => {
      this.overlay.removeEventListener("pointermove", moved);
      this.overlay.removeEventListener("pointerup", ended);
      this.overlay.removeEventListener("pointercancel", ended);
      this.actions.changed();
    };
    this.overlay.addEventListener("pointermove", moved);
    this.overlay.addEventListener("pointerup", ended);
    this.overlay.addEventListener("pointercancel", ended);
  }

  /** A new box appears once the pointer went far enough to mean it. */
  #drawing(start) {
    const from = this.#point(start);
    let index = -1;
    return (event) => {
      const distance = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
      if (index < 0 && distance < LEAST_DRAG_PX) return;
      const box = boxBetween(from, this.#point(event), this.size);
      if (index < 0) index = this.actions.add(box);
      else this.actions.change(index, { ...this.state.boxes[index], ...box });
    };
  }

  #adjusting(start, index) {
    this.actions.select(index);
    this.focusBox(index);
    const handle = HANDLES[start.target.dataset.handle];
    const [from, before] = [this.#point(start), this.state.boxes[index]];
    return (event) => {
      const to = this.#point(event);
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const box = handle
        ? resizeBox(before, handle, dx, dy, this.size)
        : moveBox(before, dx, dy, this.size);
      this.actions.change(index, box);
    };
  }

  /** Arrows move by one pixel, with Shift by ten; with Ctrl they move the lower right corner. */
  #onKey(event, index) {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.actions.remove(index);
      return;
    }
    const direction = ARROWS[event.key];
    if (direction === undefined || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [dx, dy] = direction.map((unit) => unit * (event.shiftKey ? 10 : 1));
    const box = this.state.boxes[index];
    this.actions.change(
      index,
      event.ctrlKey
        ? resizeBox(box, BOTTOM_RIGHT, dx, dy, this.size)
        : moveBox(box, dx, dy, this.size),
    );
    this.actions.changed();
  }
}
