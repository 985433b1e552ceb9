/** What is shown in a task's place when it is over. */
import { h } from "/_a2i/crowd/dom.js";

/** `buttons`: the first one has the focus. */
export function conclusion(title, text, ...buttons) {
  return h(
    "div",
    { className: "conclusion", role: "status" },
    h("h2", {}, title),
    h("p", { className: "quiet" }, text),
    h("div", { className: "buttons" }, ...buttons),
  );
}

export function button(label, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, label);
}
