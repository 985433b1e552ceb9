/** Times in words that are short enough for a list. */

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];

/** 4000 -> "1 h 6 min"; less than a minute, or none at all -> "less than a minute". */
export function inWords(seconds) {
  const parts = [];
  let rest = Math.max(0, Math.floor(seconds));
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "less than a minute";
}

/** 3725 -> "1:02:05". */
export function asClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const padded = [minutes, rest].map((part) => String(part).padStart(2, "0")).join(":");
  return hours > 0 ? `${hours}:${padded}` : padded;
}

let ahead = 0;

/** Takes over the service's time. */
export function setNow(moment) {
  ahead = new Date(moment).getTime() - Date.now();
}

export function secondsUntil(moment) {
  return (new Date(moment).getTime() - Date.now() - ahead) / 1000;
}
