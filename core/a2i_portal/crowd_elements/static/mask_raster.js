/**
 * A mask as one number per pixel: 0 is nothing, n the n-th colour. A canvas would smooth the edges of
 * what it paints, and a mask has exactly the colours of its labels.
 */

export class MaskRaster {
  constructor({ width, height }) {
    Object.assign(this, { width, height });
    this.pixels = new Uint16Array(width * height);
    this.#clean();
  }

  /** Paints one stroke: {points, size, area}, or {points, fill, area}; an area of -1 erases. */
  paint({ points, size, fill, area }) {
    if (fill) return this.#fill(points, area + 1);
    return points.forEach((point, at) =>
      this.#segment(points[Math.max(0, at - 1)], point, size, area + 1),
    );
  }

  /** Takes over an image of the mask: pixels in the colour of an area belong to that one. */
  read({ data }, areas) {
    const numbers = new Map(areas.map(({ color }, at) => [abgr(color), at + 1]));
    new Uint32Array(data.buffer).forEach((color, at) => {
      this.pixels[at] = numbers.get(color) ?? 0;
    });
  }

  /** Shows on `canvas` what has changed since the last time; `background` (0xaabbggrr) elsewhere. */
  show(canvas, areas, background) {
    const { left, top, right, bottom } = this.changed;
    this.#clean();
    if (left >= right || top >= bottom) return;
    const context = canvas.getContext("2d");
    const image = context.createImageData(right - left, bottom - top);
    const colors = [background, ...areas.map(({ color }) => abgr(color))];
    const target = new Uint32Array(image.data.buffer);
    let at = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) target[at++] = colors[this.pixels[y * this.width + x]];
    }
    context.putImageData(image, left, top);
  }

  showAll(canvas, areas, background) {
    this.changed = { left: 0, top: 0, right: this.width, bottom: this.height };
    this.show(canvas, areas, background);
  }

  #clean() {
    this.changed = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  }

  #note(columns, rows) {
    const { left, top, right, bottom } = this.changed;
    this.changed = {
      left: Math.min(left, columns.first),
      top: Math.min(top, rows.first),
      right: Math.max(right, columns.end),
      bottom: Math.max(bottom, rows.end),
    };
  }

  /** Fills the polygon `points`; sides that cross each other leave holes. */
  #fill(points, number) {
    const heights = points.map(([, y]) => y);
    const rows = span(Math.min(...heights) - 0.5, Math.max(...heights) - 0.5, this.height);
    this.#note({ first: 0, end: this.width }, rows);
    for (let y = rows.first; y < rows.end; y += 1) {
      const cuts = crossings(points, y + 0.5);
      for (let at = 0; at + 1 < cuts.length; at += 2) this.#run(y, cuts[at], cuts[at + 1], number);
    }
  }

  /** All pixels nearer than half of `size` to the line from `from` to `to`. */
  #segment([x0, y0], [x1, y1], size, number) {
    const radius = size / 2;
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = dx * dx + dy * dy;
    const rows = span(Math.min(y0, y1) - radius - 0.5, Math.max(y0, y1) + radius, this.height);
    const columns = span(Math.min(x0, x1) - radius - 0.5, Math.max(x0, x1) + radius, this.width);
    this.#note(columns, rows);
    for (let y = rows.first; y < rows.end; y += 1) {
      for (let x = columns.first; x < columns.end; x += 1) {
        const px = x + 0.5 - x0;
        const py = y + 0.5 - y0;
        const along = length ? Math.min(Math.max((px * dx + py * dy) / length, 0), 1) : 0;
        const ox = px - along * dx;
        const oy = py - along * dy;
        if (ox * ox + oy * oy <= radius * radius) this.pixels[y * this.width + x] = number;
      }
    }
  }

  #run(y, from, to, number) {
    const { first, end } = span(from - 0.5, to - 0.5, this.width);
    this.pixels.fill(number, y * this.width + first, y * this.width + end);
  }
}

/** The columns or rows whose middle lies between two places. */
function span(from, to, most) {
  return {
    first: Math.min(most, Math.max(0, Math.ceil(from))),
    end: Math.max(0, Math.min(most, Math.floor(to) + 1)),
  };
}

function crossings(points, y) {
  const cuts = points.flatMap(([x0, y0], at) => {
    const [x1, y1] = points[(at + 1) % points.length];
    return y0 <= y === y1 <= y ? [] : [x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)];
  });
  return cuts.sort((a, b) => a - b);
}

/** "#rrggbb" as the number that an opaque pixel of it has in memory. */
function abgr(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
