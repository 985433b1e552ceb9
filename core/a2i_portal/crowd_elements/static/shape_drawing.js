/** How shapes look: outlines, labels and handles as SVG, in image pixels. */
import { sheet, svg } from "./dom.js";
import { colorOf } from "./label_colors.js";

export const shapeStyles = sheet(`
  .shape { cursor: move; outline: none; }
  .shape .edge { fill-opacity: .08; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .shape .grip { fill: none; stroke: transparent; stroke-width: 12; vector-effect: non-scaling-stroke; pointer-events: stroke; }
  .shape.selected .edge { fill-opacity: .16; stroke-width: 3; }
  .shape circle.edge { fill-opacity: .75; stroke: #fff !important; }
  .shape:focus-visible > .edge { stroke-width: 5; stroke-dasharray: 8 4; }
  .handle { fill: #fff; stroke-width: 2; outline: none; }
  .handle:focus-visible { stroke-width: 5; }
  .middle { fill: #fff; fill-opacity: .6; stroke-width: 1; cursor: copy; }
  .tag { pointer-events: none; }
  .tag text { fill: #fff; font-weight: 600; font-size: 13px; }
  .pending { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-dasharray: 6 4; pointer-events: none; }
`);

/** `kind`: as in shape_canvas.js. `on`: focus(index), key(event, index), pointKey(event, index, at). */
export class ShapeDrawing {
  constructor(stage, kind, on) {
    Object.assign(this, { stage, kind, on });
  }

  /** A path that is being drawn, with a line on to where the pointer is. */
  path(state, drawn, pointer) {
    const points = [...drawn, pointer ?? drawn.at(-1)];
    const color = colorOf(state.activeLabel, state.labels);
    const line = { points: points.map(({ x, y }) => `${x},${y}`).join(" "), stroke: color };
    const corners = drawn.map((point) =>
      this.#drawHandle(point, { class: "handle", stroke: color, "pointer-events": "none" }),
    );
    return [svg("polyline", { class: "pending", ...line }), ...corners];
  }

  /** Image pixels per pixel of the screen. */
  get #pixel() {
    return 1 / this.stage.scale;
  }

  /** A shape as a group that has the focus, the pointer and the keys. */
  shape(state, index) {
    const shape = state.shapes[index];
    const isSelected = index === state.selected;
    const color = colorOf(shape.label, state.labels);
    const [tag, outline] = this.kind.outline(shape, this.#pixel);
    const name = this.#name(index);
    const group = svg(
      "g",
      {
        class: isSelected ? "shape selected" : "shape",
        "data-index": String(index),
        tabindex: "0",
        role: "button",
        "aria-pressed": String(isSelected),
        "aria-label": `${name}: ${shape.label}, ${this.kind.describe(shape)}`,
      },
      svg(tag, { class: "edge", fill: color, stroke: color, ...outline }),
      svg(tag, { ...outline, class: "grip", fill: "none" }),
    );
    if (isSelected || !this.kind.hasQuietTags) group.append(this.#drawTag(shape, color));
    if (isSelected) group.append(...this.#drawHandles(shape, index, color));
    group.addEventListener("focus", () => this.on.focus(index));
    group.addEventListener("keydown", (event) => this.on.key(event, index));
    return group;
  }

  #name(index) {
    const { noun } = this.kind;
    return `${noun[0].toUpperCase()}${noun.slice(1)} ${index + 1}`;
  }

  /** The label beside the shape, as large as on the page and upright, whatever the view. */
  #drawTag(shape, color) {
    const { x, y } = this.kind.anchor(shape);
    const text = String(shape.label);
    const width = text.length * 8 + 10;
    const place = `translate(${x} ${y}) rotate(${-this.stage.rotation}) scale(${this.#pixel})`;
    const isAtTop = y * this.stage.scale < 24;
    return svg(
      "g",
      { class: "tag", transform: `${place} translate(0 ${isAtTop ? 8 : -28})` },
      svg("rect", { width, height: 20, rx: 3, fill: color }),
      svg("text", { x: 5, y: 15 }, text),
    );
  }

  #drawHandles(shape, index, color) {
    const middles = this.kind.middles?.(shape) ?? [];
    return [
      ...middles.map(({ x, y, after }) =>
        this.#drawHandle({ x, y }, { class: "middle", "data-after": String(after), stroke: color }),
      ),
      ...this.kind.handles(shape).map((handle, at) => {
        const mark = this.#drawHandle(handle, {
          class: "handle",
          "data-handle": String(at),
          stroke: color,
          cursor: handle.cursor,
        });
        return handle.isPoint ? this.#makeReachable(mark, handle, index, at) : mark;
      }),
    ];
  }

  #drawHandle({ x, y }, attributes) {
    const place = `translate(${x} ${y}) scale(${this.#pixel})`;
    return svg("rect", { x: -4.5, y: -4.5, width: 9, height: 9, transform: place, ...attributes });
  }

  #makeReachable(mark, { x, y }, index, at) {
    const attributes = {
      "data-index": String(index),
      tabindex: "0",
      role: "button",
      "aria-label": `Point ${at + 1} of ${this.#name(index).toLowerCase()}: x ${x}, y ${y}`,
    };
    for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
    mark.addEventListener("keydown", (event) => this.on.pointKey(event, index, at));
    return mark;
  }
}
