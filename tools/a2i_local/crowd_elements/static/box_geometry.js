/** Boxes in image pixels: {left, top, width, height}, whole numbers inside an image {width, height}. */

export const MIN_SIZE = 1;

/** The box between two corners. */
export function boxBetween(a, b, image) {
  const [left, right] = ordered(clamp(a.x, 0, image.width), clamp(b.x, 0, image.width));
  const [top, bottom] = ordered(clamp(a.y, 0, image.height), clamp(b.y, 0, image.height));
  return wholePixels({ left, top, right, bottom }, image);
}

export function moveBox(box, dx, dy, image) {
  return {
    ...box,
    left: Math.round(clamp(box.left + dx, 0, image.width - box.width)),
    top: Math.round(clamp(box.top + dy, 0, image.height - box.height)),
  };
}

/** Moves the edges that `handle` names: x and y are -1 (left, top), 0 (neither) or 1 (right, bottom). */
export function resizeBox(box, handle, dx, dy, image) {
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
export function fitBox(box, image) {
  const from = { x: Number(box.left) || 0, y: Number(box.top) || 0 };
  const to = { x: from.x + (Number(box.width) || 0), y: from.y + (Number(box.height) || 0) };
  return { ...box, ...boxBetween(from, to, image) };
}

/** Where a new box appears when nobody points: a quarter of the image, in its middle. */
export function centredBox(image) {
  const from = { x: image.width * 0.375, y: image.height * 0.375 };
  return boxBetween(from, { x: image.width * 0.625, y: image.height * 0.625 }, image);
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

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

function ordered(a, b) {
  return a < b ? [a, b] : [b, a];
}
