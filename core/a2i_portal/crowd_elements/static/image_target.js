/** The image that a widget asks about. */
import { h, svg } from "./dom.js";

/** An image from the element's `src`; a failure is said in words. */
export function imageTarget(element) {
  const failure = h("p", { className: "problem", role: "alert" });
  const image = h("img", { alt: element.getAttribute("header") || "Image to review" });
  image.style.cssText = "display: block; max-width: 100%; max-height: 70vh; margin: 0 auto;";
  image.addEventListener("error", () => {
    failure.textContent = "The image could not be loaded.";
  });
  image.src = element.getAttribute("src") ?? "";
  return h("div", {}, image, failure);
}

/** The image with the boxes that crowd-image-classifier's `overlay` describes. */
export function overlayTarget(element) {
  const target = imageTarget(element);
  const boxes = element.literal("overlay", null)?.boundingBox?.value;
  if (!Array.isArray(boxes)) return target;
  const image = target.querySelector("img");
  image.addEventListener(
    "load",
    () => {
      const frame = h("div", {}, drawing(image, boxes));
      frame.style.cssText = "position: relative; width: fit-content; margin: 0 auto;";
      image.replaceWith(frame);
      frame.prepend(image);
    },
    { once: true },
  );
  return target;
}

function drawing(image, boxes) {
  const { naturalWidth, naturalHeight } = image;
  const overlay = svg(
    "svg",
    {
      viewBox: `0 0 ${naturalWidth} ${naturalHeight}`,
      style: "position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible;",
      role: "img",
      "aria-label": boxes.map((box) => box.label).join(", "),
    },
    ...boxes.map((box) => drawnBox(box, naturalWidth / 45)),
  );
  return overlay;
}

function drawnBox({ left, top, width, height, label }, size) {
  const line = { fill: "none", stroke: "#d33c2f", "stroke-width": size / 6 };
  return svg(
    "g",
    {},
    svg("rect", { x: left, y: top, width, height, ...line }),
    svg("text", { x: left, y: top - size / 3, "font-size": size, fill: "#d33c2f" }, label ?? ""),
  );
}
