/** Asks why a task is declined. */
import { h } from "/_a2i/crowd/dom.js";
import { ask, commentField, TITLE_ID } from "./ask_dialog.js";

const REASONS = {
  Unreadable: "I cannot see or read what is shown",
  Incomplete: "Something is missing that I need",
  NotMyField: "I do not know enough to judge this",
  WrongTask: "It does not fit this kind of task",
  Other: "Another reason",
};

/** `{ reason, comment }`, or null for a reviewer who goes on. */
export async function askReason() {
  const given = await ask(
    "Why do you decline this task?",
    "Decline",
    h("div", { role: "radiogroup", "aria-labelledby": TITLE_ID }, ...reasons()),
    ...commentField("Comment for those who sent it (optional)"),
  );
  return given && { reason: given.get("reason"), comment: given.get("comment").trim() };
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
