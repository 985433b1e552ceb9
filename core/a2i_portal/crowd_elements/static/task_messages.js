/**
 * The task's side of the conversation with the page around it (task_frame.js is the other side).
 * The task runs in a sandboxed frame, so messages are the only way in and out.
 */

const PAGE_ORIGIN = new URL(import.meta.url).origin;

export function postAnswer(answerContent) {
  post("a2i:answer", { answerContent });
}

export function post(type, content = {}) {
  window.parent.postMessage({ type, ...content }, PAGE_ORIGIN);
}

/** Calls `listener(message)` for each message of the page around the task. */
export function onPageMessage(listener) {
  window.addEventListener("message", (event) => {
    if (event.source === window.parent && event.origin === PAGE_ORIGIN) listener(event.data ?? {});
  });
}
