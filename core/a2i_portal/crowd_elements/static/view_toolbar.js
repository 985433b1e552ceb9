/** The buttons above an image: zoom, rotation, move, brightness and contrast. */
import { h } from "./dom.js";

export const viewStyles = `
  .view { display: flex; flex-wrap: wrap; gap: .35rem .5rem; align-items: center; margin: 0 0 .7rem; font-size: .88rem; color: var(--muted); }
  .view button { padding: .2rem .6rem; }
  .view button[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); }
  .view output { min-width: 3.2rem; text-align: center; }
  .view label { display: inline-flex; align-items: center; gap: .35rem; }
  .view input[type=range] { width: 5.5rem; accent-color: var(--accent); }
`;
export const ZOOM_STEP = 1.5;
const FULL = 100;

export class ViewToolbar {
  constructor(stage) {
    this.image = stage.image;
    const button = (text, ariaLabel, key, onclick) =>
      h("button", { type: "button", ariaLabel, title: `${ariaLabel} (${key})`, onclick }, text);
    this.shown = h("output", {}, "100 %");
    this.hand = button("Move", "Move the image", "H", () => stage.togglePan());
    this.tellPanning(false);
    this.element = h(
      "div",
      { className: "view", role: "group", "aria-label": "View" },
      button("−", "Zoom out", "-", () => stage.zoomBy(1 / ZOOM_STEP)),
      this.shown,
      button("+", "Zoom in", "+", () => stage.zoomBy(ZOOM_STEP)),
      button("Fit", "Fit", "0", () => stage.fit()),
      button("↻", "Rotate", "R", () => stage.rotate()),
      this.hand,
      this.#filter("Brightness", "brightness"),
      this.#filter("Contrast", "contrast"),
    );
  }

  tellZoom(zoom) {
    this.shown.textContent = `${Math.round(zoom * FULL)} %`;
  }

  tellPanning(isPanning) {
    this.hand.setAttribute("aria-pressed", String(isPanning));
  }

  #filter(text, name) {
    const input = h("input", { type: "range", min: 20, max: 300, value: FULL, name });
    input.addEventListener("input", (event) => {
      event.stopPropagation(); // no answer
      const [brightness, contrast] = [...this.element.querySelectorAll("input")];
      this.image.style.filter = `brightness(${brightness.value}%) contrast(${contrast.value}%)`;
    });
    input.addEventListener("change", (event) => event.stopPropagation());
    return h("label", {}, text, input);
  }
}
