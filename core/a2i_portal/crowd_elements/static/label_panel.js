/** The panel of the labelling widgets: a palette of labels, and a list of what is labelled. */
import { h, sheet } from "./dom.js";
import { colorOf } from "./label_colors.js";
import { LABEL_KEYS } from "./tool_keys.js";

export const panelStyles = sheet(`
  .panel { display: grid; gap: 1.1rem; }
  .labels { display: flex; flex-wrap: wrap; gap: .4rem; }
  .labels button { display: inline-flex; align-items: center; gap: .5rem; padding: .3rem .65rem; }
  .labels button[aria-pressed=true], .tools button[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); font-weight: 600; }
  .swatch { width: .8rem; height: .8rem; border-radius: 3px; flex: none; }
  .items { list-style: none; margin: 0; padding: 0; display: grid; gap: .3rem; max-height: 16rem; overflow: auto; }
  .items li { display: flex; gap: .3rem; }
  .items button.name { flex: 1; display: flex; align-items: center; gap: .5rem; text-align: start; padding: .35rem .6rem; border-color: var(--line); }
  .items button.name[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); }
  .items button.remove { padding: .3rem .6rem; border-color: transparent; color: var(--muted); }
  .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(4rem, 1fr)); gap: .4rem; }
  .numbers label { font-size: .82rem; color: var(--muted); }
  .numbers input { padding: .3rem .4rem; }
  .tools { display: flex; flex-wrap: wrap; gap: .4rem; }
  .keys { line-height: 1.7; }
`);

/** One button a label with its key; `choose(label)` is called on a press. */
export function labelButtons(labels, active, choose) {
  return labels.map((label, index) =>
    labelButton({
      text: label,
      color: colorOf(label, labels),
      index,
      isActive: label === active,
      choose: () => choose(label),
    }),
  );
}

/** A button that chooses a label, with the label's key where it has one. */
export function labelButton({ text, color, index, isActive, choose }) {
  const key = LABEL_KEYS[index]?.toUpperCase();
  return h(
    "button",
    { type: "button", "aria-pressed": String(isActive), onclick: choose },
    swatch(color),
    text,
    key ? h("kbd", { "aria-hidden": "true" }, key) : null,
  );
}

/** Undo and redo; `show(history)` enables what can be done. */
export function historyButtons({ undo, redo }) {
  const undoButton = h("button", { type: "button", title: "Ctrl+Z", onclick: undo }, "Undo");
  const redoButton = h("button", { type: "button", title: "Ctrl+Y", onclick: redo }, "Redo");
  return {
    buttons: [undoButton, redoButton],
    show: ({ canUndo, canRedo }) => {
      undoButton.disabled = !canUndo;
      redoButton.disabled = !canRedo;
    },
  };
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
