/** Asks something about the task that is open. */
import { h } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";

export const TITLE_ID = "ask-title";
const LONGEST_COMMENT = 2000;

/** The FormData of `fields`, or null for a reviewer who goes on with the task. */
export function ask(title, confirm, ...fields) {
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: TITLE_ID }, title),
    ...fields,
    h(
      "div",
      { className: "buttons" },
      h("button", { className: "primary", value: "confirmed" }, confirm),
      button("Go on with the task", () => dialog.close()),
    ),
  );
  const dialog = h("dialog", { className: "ask", "aria-labelledby": TITLE_ID }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "confirmed" ? new FormData(form) : null);
    });
  });
}

/** Label and text field of a comment, `comment` in the form's data. */
export function commentField(label, properties = {}) {
  const name = "comment";
  const field = { id: "ask-comment", name, rows: 3, maxLength: LONGEST_COMMENT, ...properties };
  const comment = h("textarea", field);
  return [h("label", { htmlFor: comment.id }, label), comment];
}
