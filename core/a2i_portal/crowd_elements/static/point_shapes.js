/** Shapes made of points in image pixels: key points, lines, polylines and polygons. */
import { within } from "./image_stage.js";

const round = ({ x, y }, image) => ({
  x: Math.round(within(x, 0, image.width)),
  y: Math.round(within(y, 0, image.height)),
});

/** Points that a model gives keep their fractions, as long as they lie in the image. */
const inside = (point, image) => ({
  x: within(Number(point?.x) || 0, 0, image.width),
  y: within(Number(point?.y) || 0, 0, image.height),
});

export const KEYPOINT = {
  list: "keypoints",
  noun: "point",
  nouns: "points",
  gesture: "click",
  hint: "Click on the image, or press Add point.",
  keys: "arrows move it (Shift: by ten)",
  numbers: ["x", "y"],
  between: (_, to, image) => round(to, image),
  centred: (middle, _, image) => round(middle, image),
  fit: (item, image) => ({ ...item, ...inside(item, image) }),
  move: (item, dx, dy, image) => ({ ...item, ...round({ x: item.x + dx, y: item.y + dy }, image) }),
  handles: () => [],
  outline: ({ x, y }, pixel) => ["circle", { cx: x, cy: y, r: 6 * pixel }],
  anchor: ({ x, y }) => ({ x, y }),
  describe: ({ x, y }) => `x ${x}, y ${y}`,
  answer: ({ label, x, y }) => ({ label, x, y }),
};

/** What lines, polylines and polygons have in common: a list of `vertices`. */
const PATH = {
  keys: "arrows move it; Tab reaches its points: arrows move one, I inserts one after it, Delete removes it",
  numbers: [],
  fit: (item, image) => {
    const vertices = Array.isArray(item.vertices) ? item.vertices : [];
    return { ...item, vertices: vertices.map((point) => inside(point, image)) };
  },
  /** The whole path stops where its first point would leave the image. */
  move: (item, dx, dy, image) => {
    const [xs, ys] = [item.vertices.map(({ x }) => x), item.vertices.map(({ y }) => y)];
    const right = within(dx, -Math.min(...xs), image.width - Math.max(...xs));
    const down = within(dy, -Math.min(...ys), image.height - Math.max(...ys));
    const moved = ({ x, y }) => round({ x: x + right, y: y + down }, image);
    return { ...item, vertices: item.vertices.map(moved) };
  },
  handles: ({ vertices }) => vertices.map((point) => ({ ...point, cursor: "move", isPoint: true })),
  moveHandle: (item, at, dx, dy, image) => {
    const { x, y } = item.vertices[at];
    const moved = round({ x: x + dx, y: y + dy }, image);
    return { ...item, vertices: item.vertices.with(at, moved) };
  },
  anchor: ({ vertices }) => ({
    x: Math.min(...vertices.map(({ x }) => x)),
    y: Math.min(...vertices.map(({ y }) => y)),
  }),
  describe: ({ vertices }) => vertices.map(({ x, y }) => `${x}, ${y}`).join("; "),
  answer: ({ label, vertices }) => ({ label, vertices: vertices.map(({ x, y }) => ({ x, y })) }),
};

const corners = ({ vertices }) => vertices.map(({ x, y }) => `${x},${y}`).join(" ");

/** A point can be set into each side; `isClosed` says whether the last leads back to the first. */
function insertable(isClosed) {
  return {
    middles: ({ vertices }) => {
      const sides = isClosed ? vertices.length : vertices.length - 1;
      return vertices.slice(0, Math.max(0, sides)).map((from, at) => {
        const to = vertices[(at + 1) % vertices.length];
        return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, after: at };
      });
    },
    insert: (item, after, point, image) => ({
      ...item,
      vertices: item.vertices.toSpliced(after + 1, 0, round(point, image)),
    }),
    removePoint: (item, at) => ({ ...item, vertices: item.vertices.toSpliced(at, 1) }),
    finished: (points, image) => ({ vertices: points.map((point) => round(point, image)) }),
  };
}

export const POLYGON = {
  ...PATH,
  ...insertable(true),
  list: "polygons",
  noun: "polygon",
  nouns: "polygons",
  gesture: "points",
  isClosed: true,
  fewest: 3,
  hint: "Click each corner on the image, the first one again to close; or press Add polygon.",
  centred: ({ x, y }, reach, image) => ({
    vertices: [
      { x: x - reach.x, y: y + reach.y },
      { x, y: y - reach.y },
      { x: x + reach.x, y: y + reach.y },
    ].map((point) => round(point, image)),
  }),
  outline: (item) => ["polygon", { points: corners(item) }],
};

export const POLYLINE = {
  ...PATH,
  ...insertable(false),
  list: "polylines",
  noun: "polyline",
  nouns: "polylines",
  gesture: "points",
  fewest: 2,
  hint: "Click each point on the image, the last one twice; or press Add polyline.",
  centred: ({ x, y }, reach, image) => ({
    vertices: [
      { x: x - reach.x, y },
      { x, y: y - reach.y },
      { x: x + reach.x, y },
    ].map((point) => round(point, image)),
  }),
  outline: (item) => ["polyline", { points: corners(item), fill: "none" }],
};

export const LINE = {
  ...PATH,
  list: "lines",
  noun: "line",
  nouns: "lines",
  gesture: "drag",
  fewest: 2,
  keys: "arrows move it; Tab reaches its ends, which arrows move",
  hint: "Drag on the image, or press Add line.",
  between: (from, to, image) => ({ vertices: [round(from, image), round(to, image)] }),
  centred: ({ x, y }, reach, image) => ({
    vertices: [round({ x: x - reach.x, y }, image), round({ x: x + reach.x, y }, image)],
  }),
  outline: (item) => ["polyline", { points: corners(item), fill: "none" }],
};
