/** Colours that stay apart for the first labels, dark enough to carry white text. */
const COLORS = [
  "#1f5fa8",
  "#b3401f",
  "#2f7a3a",
  "#7a3fa0",
  "#8a6100",
  "#00767a",
  "#a32a63",
  "#4d5a66",
];

export function colorOf(label, labels) {
  return COLORS[Math.max(labels.indexOf(label), 0) % COLORS.length];
}
