/**
 * The image that a tool works on: zoom at the pointer, pan, rotation, brightness and contrast.
 * A view never changes an answer: tools get points in image pixels and draw in image pixels.
 */
import { h, sheet, svg } from "./dom.js";
import { ViewToolbar, viewStyles, ZOOM_STEP } from "./view_toolbar.js";

export const stageStyles = sheet(`${viewStyles}
  .stage { position: relative; width: 100%; max-height: 70vh; min-height: 9rem; overflow: hidden; background: var(--soft); border-radius: 6px; touch-action: none; user-select: none; line-height: 0; }
  .stage img, .stage canvas { position: absolute; left: 0; top: 0; max-width: none; transform-origin: 0 0; }
  .stage canvas { opacity: .6; image-rendering: pixelated; pointer-events: none; }
  .stage svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair; }
  .stage svg:focus-visible { outline-offset: -3px; }
  .stage.panning svg, .stage.panning svg * { cursor: grab !important; }
`);

const MOST_ZOOM = 32;
const MIDDLE_BUTTON = 1;

export class ImageStage {
  #turns = 0;
  #zoom = 1;
  #centre = { x: 0, y: 0 };
  #pointer = null;

  /** `label` names the drawing for screen readers; `canvas` is shown between image and drawing. */
  constructor(label, { canvas = null } = {}) {
    this.image = h("img", { alt: "", draggable: false });
    this.canvas = canvas;
    this.shapes = svg("g");
    this.overlay = svg("svg", { role: "group", "aria-label": label }, this.shapes);
    this.element = h("div", { className: "stage" }, this.image, canvas, this.overlay);
    this.view = new ViewToolbar(this);
    this.toolbar = this.view.element;
    this.element.addEventListener("pointerdown", (event) => this.#startPan(event), true);
    this.element.addEventListener("pointermove", (event) => (this.#pointer = this.#at(event)));
    this.element.addEventListener("pointerleave", () => (this.#pointer = null));
    this.element.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.image.addEventListener("load", () => this.#start());
    new ResizeObserver(() => this.#show()).observe(this.element);
  }

  /** Called after each change of the view: what is drawn in pixels of the screen is drawn anew. */
  onView() {}

  get size() {
    return { width: this.image.naturalWidth, height: this.image.naturalHeight };
  }

  /** Pixels of the screen per pixel of the image. */
  get scale() {
    return this.#fit * this.#zoom;
  }

  /** The image's rotation in degrees, for what has to stay upright. */
  get rotation() {
    return this.#turns * 90;
  }

  /** Where the pointer is, in image pixels; it can lie outside the image. */
  point(event) {
    return this.#fromScreen(this.#at(event));
  }

  /** The middle of what is visible, inside the image. */
  get middle() {
    const { width, height } = this.size;
    const at = this.#fromScreen({ x: this.#frame.width / 2, y: this.#frame.height / 2 });
    return { x: within(at.x, 0, width), y: within(at.y, 0, height) };
  }

  /** An eighth of what is visible, in image pixels: new shapes reach that far from the middle. */
  get reach() {
    const { width, height } = this.size;
    const [across, down] = this.#turns % 2 ? ["height", "width"] : ["width", "height"];
    return {
      x: Math.min(width, this.#frame[across] / this.scale) / 8,
      y: Math.min(height, this.#frame[down] / this.scale) / 8,
    };
  }

  /** Keys of the view; returns whether `key` was one. */
  onKey(key) {
    const action = {
      "+": () => this.zoomBy(ZOOM_STEP),
      "=": () => this.zoomBy(ZOOM_STEP),
      "-": () => this.zoomBy(1 / ZOOM_STEP),
      0: () => this.fit(),
      r: () => this.rotate(),
      h: () => this.togglePan(),
    }[key];
    action?.();
    return action !== undefined;
  }

  /** Zooms at the pointer, or at the middle where it is elsewhere. */
  zoomBy(factor) {
    const { width, height } = this.#frame;
    const fixed = this.#pointer ?? { x: width / 2, y: height / 2 };
    const zoom = within(this.#zoom * factor, 1, MOST_ZOOM);
    const ratio = zoom / this.#zoom;
    this.#zoom = zoom;
    this.#centre.x = fixed.x + (this.#centre.x - fixed.x) * ratio;
    this.#centre.y = fixed.y + (this.#centre.y - fixed.y) * ratio;
    this.#show();
  }

  fit() {
    this.#zoom = 1;
    this.#show();
  }

  rotate() {
    this.#turns = (this.#turns + 1) % 4;
    this.fit();
  }

  get #frame() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  /** The image's extent on its side or upright. */
  get #extent() {
    const { width, height } = this.size;
    return this.#turns % 2 ? { width: height, height: width } : { width, height };
  }

  /** The scale at which the whole image is visible. */
  get #fit() {
    const [frame, extent] = [this.#frame, this.#extent];
    return Math.min(frame.width / extent.width, frame.height / extent.height) || 1;
  }

  #start() {
    const { width, height } = this.size;
    this.element.style.aspectRatio = `${width} / ${height}`;
    if (this.canvas) Object.assign(this.canvas, { width, height });
    this.#show();
    this.element.dataset.ready = "";
  }

  #show() {
    if (!this.size.width) return;
    const [frame, extent] = [this.#frame, this.#extent];
    const more = (this.#fit * (this.#zoom - 1)) / 2; // that the image reaches further, per pixel
    this.#centre.x = near(frame.width / 2, more * extent.width, this.#centre.x);
    this.#centre.y = near(frame.height / 2, more * extent.height, this.#centre.y);
    const matrix = this.#matrix().join(" ");
    for (const layer of [this.image, this.canvas]) {
      if (layer) layer.style.transform = `matrix(${matrix.replaceAll(" ", ",")})`;
    }
    this.shapes.setAttribute("transform", `matrix(${matrix})`);
    this.view.tellZoom(this.#zoom);
    this.onView();
  }

  /** From image pixels to the screen: turned about the image's middle, scaled, moved. */
  #matrix() {
    const { width, height } = this.size;
    const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][this.#turns];
    const [a, b] = [this.scale * cos, this.scale * sin];
    const x = this.#centre.x - (a * width - b * height) / 2;
    const y = this.#centre.y - (b * width + a * height) / 2;
    return [a, b, -b, a, x, y];
  }

  #fromScreen({ x, y }) {
    const [a, b, , , left, top] = this.#matrix();
    const square = a * a + b * b;
    const [dx, dy] = [x - left, y - top];
    return { x: (a * dx + b * dy) / square, y: (a * dy - b * dx) / square };
  }

  #at(event) {
    const frame = this.element.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  /** Browsers report a pinch on a touch pad as the wheel with Ctrl; the wheel alone scrolls the page. */
  #onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
  }

  /** Turns on and off that dragging moves the image. */
  togglePan() {
    this.view.tellPanning(this.element.classList.toggle("panning"));
  }

  /** The middle button pans at any time, the others while "Move" is on; tools never see it. */
  #startPan(event) {
    if (event.button !== MIDDLE_BUTTON && !this.element.classList.contains("panning")) return;
    event.preventDefault();
    event.stopPropagation();
    let last = this.#at(event);
    this.dragPointer(event, (moved) => {
      const at = this.#at(moved);
      this.#centre = { x: this.#centre.x + at.x - last.x, y: this.#centre.y + at.y - last.y };
      last = at;
      this.#show();
    });
  }

  /** Follows the pointer until it is let go. */
  dragPointer(start, moved, ended = () => {}) {
    const listening = new AbortController();
    const end = () => {
      listening.abort();
      ended();
    };
    const { signal } = listening;
    this.overlay.setPointerCapture(start.pointerId);
    this.overlay.addEventListener("pointermove", moved, { signal });
    this.overlay.addEventListener("pointerup", end, { signal });
    this.overlay.addEventListener("pointercancel", end, { signal });
  }
}

function near(middle, distance, value) {
  return within(value, middle - distance, middle + distance);
}

export function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
