/** Keeps what a reviewer has filled in, so that a reload of the page can bring it back. */
import { controlsIn } from "./form_controls.js";
import { onPageMessage, post } from "./task_messages.js";

const PAUSE_MS = 250;

/** Reports a draft to the page after each pause in the work and when it is left; restores one. */
export function keepDraft() {
  let pending;
  const reportNow = () => {
    clearTimeout(pending);
    pending = undefined;
    post("a2i:draft", { draft: takeDraft() });
  };
  const report = () => {
    clearTimeout(pending);
    pending = setTimeout(reportNow, PAUSE_MS);
  };
  document.addEventListener("input", report);
  document.addEventListener("change", report);
  onPageMessage((message) => {
    if (message.type === "a2i:restore") restoreDraft(message.draft);
    if (message.type !== "a2i:flush") return;
    if (pending !== undefined) reportNow();
    post("a2i:flushed");
  });
}

export function takeDraft() {
  return controlsIn(document).map((control) => [control.key, control.draft]);
}

/** Restores by position and key: parts that the template no longer has are skipped. */
export function restoreDraft(draft) {
  if (!Array.isArray(draft)) return;
  controlsIn(document).forEach((control, index) => {
    const [key, state] = draft[index] ?? [];
    if (key === control.key) control.draft = state;
  });
}
