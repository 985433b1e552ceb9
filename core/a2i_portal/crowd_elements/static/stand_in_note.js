/** Says below every task that these are not Amazon's elements. */
import { h, sheet } from "./dom.js";
import { CrowdElement } from "./element.js";

const styles = sheet(`
  :host { margin: 2rem 0 0; border-top: 1px solid var(--line); padding-top: .6rem; color: var(--muted); font: .82rem/1.5 system-ui, sans-serif; }
  p { margin: 0; }
`);
const NOTE =
  "Offline stand-in for Amazon's crowd elements: it looks different, the answers have the same shape.";

class StandInNote extends CrowdElement {
  static styles = [styles];

  build() {
    this.setAttribute("role", "note");
    this.shadowRoot.append(h("p", {}, NOTE));
    const unknown = unknownElements();
    if (unknown.length > 0) {
      this.shadowRoot.append(
        h("p", { className: "problem" }, `Shown without function: ${unknown.join(", ")}.`),
      );
    }
  }
}

function unknownElements() {
  const names = [...document.querySelectorAll(":not(:defined)")].map(
    (element) => element.localName,
  );
  return [...new Set(names)].filter((name) => name.startsWith("crowd-")).map((name) => `<${name}>`);
}

export function showStandInNote() {
  document.body.append(document.createElement("a2i-stand-in-note"));
}

customElements.define("a2i-stand-in-note", StandInNote);
