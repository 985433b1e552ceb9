/** Colours of a mask, as "#rrggbb" in lower case. */

/** Far apart for the first ones; later ones walk round the circle of hues. */
export const COLORS = [
  "#2ca02c",
  "#1f77b4",
  "#ff7f0e",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#17becf",
];

/** A colour that no area has. */
export function nextColor(areas) {
  const taken = new Set(areas.map(({ color }) => color));
  const hues = Array.from({ length: areas.length + 1 }, (_, at) => hueOf(at));
  return [...COLORS, ...hues].find((color) => !taken.has(color));
}

/** The n-th colour on the way round the circle in steps of the golden angle, as "#rrggbb". */
export function hueOf(at) {
  const channel = (shift) => {
    const position = (shift + (at * 137.508) / 30) % 12;
    const value = 0.45 - 0.35 * Math.max(-1, Math.min(position - 3, 9 - position, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** A colour as "#rrggbb" in lower case; undefined for anything else. */
export function hex(color) {
  return /^#[0-9a-f]{6}$/i.test(color ?? "") ? color.toLowerCase() : undefined;
}
