/** Asks why a task is declined. */
import { h } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";

const REASONS = {
  Unreadable: "I cannot see or read what is shown",
  Incomplete: "Something is missing that I need",
  NotMyField: "I do not know enough to judge this",
  WrongTask: "It does not fit this kind of task",
  Other: "Another reason",
};
const LONGEST_COMMENT = 2000;

/** `{ reason, comment }`, or null for a reviewer who goes on. */
export function askReason() {
  const comment = h("textarea", { id: "decline-comment", rows: 3, maxLength: LONGEST_COMMENT });
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: "decline-title" }, "Why do you decline this task?"),
    h("div", { role: "radiogroup", "aria-labelledby": "decline-title" }, ...reasons()),
    h("label", { htmlFor: comment.id }, "Comment for those who sent it (optional)"),
    comment,
    h(
      "div",
      { className: "buttons" },
      h("button", { className: "primary", value: "decline" }, "Decline"),
      button("Go on with the task", () => dialog.close()),
    ),
  );
  const dialog = h("dialog", { className: "decline", "aria-labelledby": "decline-title" }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const reason = new FormData(form).get("reason");
      resolve(dialog.returnValue === "decline" ? { reason, comment: comment.value.trim() } : null);
    });
  });
}

function reasons() {
  return Object.entries(REASONS).map(([code, words]) =>
    h(
      "label",
      { className: "reason" },
      h("input", { type: "radio", name: "reason", value: code, required: true }),
      words,
    ),
  );
}
