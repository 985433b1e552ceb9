/** A line below every task: how to answer by keys; before A2I's portal, that it looks different. */
import { h, sheet } from "./dom.js";
import { CrowdElement } from "./element.js";

const styles = sheet(`
  :host { margin: 2rem 0 0; border-top: 1px solid var(--line); padding-top: .6rem; color: var(--muted); font: .82rem/1.5 system-ui, sans-serif; }
  p { margin: 0; }
`);
const KEYS = "Ctrl+Enter submits the answer. Press ? for all keys.";
const STAND_IN =
  "Offline stand-in for Amazon's crowd elements: it looks different, the answers have the same shape.";

class TaskNote extends CrowdElement {
  static styles = [styles];

  build() {
    this.setAttribute("role", "note");
    this.shadowRoot.append(h("p", {}, standsIn() ? STAND_IN : KEYS));
    const unknown = unknownElements();
    if (unknown.length > 0) {
      this.shadowRoot.append(
        h("p", { className: "problem" }, `Shown without function: ${unknown.join(", ")}.`),
      );
    }
  }
}

/** Whether reviewers will see Amazon's elements in place of these: the local A2I marks its script. */
function standsIn() {
  return document.querySelector("script[data-stands-in]") !== null;
}

function unknownElements() {
  const names = [...document.querySelectorAll(":not(:defined)")].map(
    (element) => element.localName,
  );
  return [...new Set(names)].filter((name) => name.startsWith("crowd-")).map((name) => `<${name}>`);
}

export function showTaskNote() {
  document.body.append(document.createElement("a2i-task-note"));
}

customElements.define("a2i-task-note", TaskNote);
