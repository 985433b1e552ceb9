/** The panel of the labelling widgets: a palette of labels, and a list of what is labelled. */
import { h, sheet } from "./dom.js";

export const panelStyles = sheet(`
  .zoom { display: flex; gap: .5rem; align-items: center; justify-content: end; margin: -.3rem 0 .6rem; color: var(--muted); font-size: .88rem; }
  .zoom button { padding: .1rem .6rem; }
  .panel { display: grid; gap: 1.1rem; }
  .labels { display: flex; flex-wrap: wrap; gap: .4rem; }
  .labels button { display: inline-flex; align-items: center; gap: .5rem; padding: .3rem .65rem; }
  .labels button[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); font-weight: 600; }
  .swatch { width: .8rem; height: .8rem; border-radius: 3px; flex: none; }
  .boxes { list-style: none; margin: 0; padding: 0; display: grid; gap: .3rem; max-height: 16rem; overflow: auto; }
  .boxes li { display: flex; gap: .3rem; }
  .boxes button.name { flex: 1; display: flex; align-items: center; gap: .5rem; text-align: start; padding: .35rem .6rem; border-color: var(--line); }
  .boxes button.name[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); }
  .boxes button.remove { padding: .3rem .6rem; border-color: transparent; color: var(--muted); }
  .numbers { display: grid; grid-template-columns: repeat(4, 1fr); gap: .4rem; }
  .numbers label { font-size: .82rem; color: var(--muted); }
  .numbers input { padding: .3rem .4rem; }
  .tools { display: flex; gap: .4rem; }
  .keys { line-height: 1.7; }
`);

const LABELS_WITH_KEYS = 9;

/** A button that chooses a label; the first nine show their digit. */
export function labelButton({ text, color, index, isActive, choose }) {
  return h(
    "button",
    { type: "button", "aria-pressed": String(isActive), onclick: choose },
    swatch(color),
    text,
    index < LABELS_WITH_KEYS ? h("kbd", { "aria-hidden": "true" }, String(index + 1)) : null,
  );
}

/** A row with a button that goes there and one that removes it. */
export function labelledRow({ color, content, isActive = false, open, removeLabel, remove }) {
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", className: "name", "aria-pressed": String(isActive), onclick: open },
      swatch(color),
      ...content,
    ),
    h(
      "button",
      { type: "button", className: "remove", ariaLabel: removeLabel, onclick: remove },
      "×",
    ),
  );
}

function swatch(color) {
  const mark = h("span", { className: "swatch" });
  mark.style.background = color;
  return mark;
}
