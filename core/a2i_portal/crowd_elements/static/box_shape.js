/** Boxes in image pixels: {left, top, width, height}, whole numbers inside an image {width, height}. */
import { within as clamp } from "./image_stage.js";

const MIN_SIZE = 1;

/** The box between two corners. */
function boxBetween(a, b, image) {
  const [left, right] = ordered(clamp(a.x, 0, image.width), clamp(b.x, 0, image.width));
  const [top, bottom] = ordered(clamp(a.y, 0, image.height), clamp(b.y, 0, image.height));
  return wholePixels({ left, top, right, bottom }, image);
}

function moveBox(box, dx, dy, image) {
  return {
    ...box,
    left: Math.round(clamp(box.left + dx, 0, image.width - box.width)),
    top: Math.round(clamp(box.top + dy, 0, image.height - box.height)),
  };
}

/** Moves the edges that `handle` names: x and y are -1 (left, top), 0 (neither) or 1 (right, bottom). */
function resizeBox(box, handle, dx, dy, image) {
  const edges = {
    left: box.left,
    top: box.top,
    right: box.left + box.width,
    bottom: box.top + box.height,
  };
  if (handle.x < 0) edges.left = clamp(edges.left + dx, 0, edges.right - MIN_SIZE);
  if (handle.x > 0) edges.right = clamp(edges.right + dx, edges.left + MIN_SIZE, image.width);
  if (handle.y < 0) edges.top = clamp(edges.top + dy, 0, edges.bottom - MIN_SIZE);
  if (handle.y > 0) edges.bottom = clamp(edges.bottom + dy, edges.top + MIN_SIZE, image.height);
  return { ...box, ...wholePixels(edges, image) };
}

/** A box like `box` that lies inside the image; models and people give others. */
function fitBox(box, image) {
  const from = { x: Number(box.left) || 0, y: Number(box.top) || 0 };
  const to = { x: from.x + (Number(box.width) || 0), y: from.y + (Number(box.height) || 0) };
  return { ...box, ...boxBetween(from, to, image) };
}

/** Where a new box appears when nobody points: a quarter of what is visible, in its middle. */
function centredBox({ x, y }, reach, image) {
  return boxBetween({ x: x - reach.x, y: y - reach.y }, { x: x + reach.x, y: y + reach.y }, image);
}

function wholePixels({ left, top, right, bottom }, image) {
  const x = clamp(Math.round(left), 0, image.width - MIN_SIZE);
  const y = clamp(Math.round(top), 0, image.height - MIN_SIZE);
  return {
    left: x,
    top: y,
    width: clamp(Math.round(right) - x, MIN_SIZE, image.width - x),
    height: clamp(Math.round(bottom) - y, MIN_SIZE, image.height - y),
  };
}

function ordered(a, b) {
  return a < b ? [a, b] : [b, a];
}

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
const BOTTOM_RIGHT = { x: 1, y: 1 };

/** The kind of shape that crowd-bounding-box draws; point_shapes.js has the others. */
export const BOX = {
  list: "boundingBoxes",
  noun: "box",
  nouns: "boxes",
  gesture: "drag",
  hint: "Drag on the image, or press Add box.",
  keys: "arrows move it, Ctrl+arrows resize it (Shift: by ten)",
  numbers: ["left", "top", "width", "height"],
  between: boxBetween,
  centred: centredBox,
  fit: fitBox,
  move: moveBox,
  resize: (box, dx, dy, image) => resizeBox(box, BOTTOM_RIGHT, dx, dy, image),
  handles: ({ left, top, width, height }) =>
    HANDLES.map(({ x, y, cursor }) => ({
      x: left + ((x + 1) / 2) * width,
      y: top + ((y + 1) / 2) * height,
      cursor,
    })),
  moveHandle: (box, at, dx, dy, image) => resizeBox(box, HANDLES[at], dx, dy, image),
  outline: ({ left: x, top: y, width, height }) => ["rect", { x, y, width, height }],
  anchor: ({ left, top }) => ({ x: left, y: top }),
  describe: ({ left, top, width, height }) =>
    `left ${left}, top ${top}, width ${width}, height ${height}`,
  answer: ({ height, label, left, top, width }) => ({ height, label, left, top, width }),
};
