/** The frame of the large widgets: header, instructions, the thing to look at, what to answer. */
import { h, sheet } from "./dom.js";

export const workspaceStyles = sheet(`
  .workspace { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr) minmax(15rem, 22rem); align-items: start; }
  .workspace > h2 { grid-column: 1 / -1; margin: 0; }
  .target { min-width: 0; border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem; background: var(--surface); overflow-wrap: anywhere; }
  .side { display: grid; gap: 1.1rem; }
  .instructions { border-radius: 12px; background: var(--soft); padding: .9rem 1rem; font-size: .94rem; }
  .instructions h3, .panel h3 { margin: 0 0 .5rem; font-size: .82rem; letter-spacing: .04em; text-transform: uppercase; color: var(--muted); }
  .instructions ::slotted(*) { display: block; }
  fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  legend { padding: 0; }
  @media (max-width: 44rem) { .workspace { grid-template-columns: minmax(0, 1fr); } }
`);

/** Lays out a widget; `target` and `answer` are nodes, the instructions are the widget's regions. */
export function workspace(element, { target, answer }) {
  return h(
    "div",
    { className: "workspace" },
    h("h2", { id: "header" }, element.getAttribute("header") ?? ""),
    h("div", { className: "target" }, ...target),
    h("div", { className: "side" }, ...answer, instructionsPanel(element)),
  );
}

function instructionsPanel(element) {
  const short = element.region("short-instructions");
  const full = element.region("full-instructions");
  if (short === null && full === null) return null;
  return h(
    "section",
    { className: "instructions" },
    h("h3", {}, "Instructions"),
    short,
    fullInstructions(element, full),
  );
}

function fullInstructions(element, region) {
  if (region === null) return null;
  const title =
    element.querySelector("full-instructions").getAttribute("header") || "Full instructions";
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), region, close);
  const open = h(
    "button",
    { type: "button", className: "link", onclick: () => dialog.showModal() },
    "Full instructions",
  );
  return h("div", {}, open, dialog);
}
