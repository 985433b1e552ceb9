/** crowd-instructions and crowd-modal: text behind a link, in a dialog. */
import { h, setAttribute, sheet } from "./dom.js";
import { CrowdElement } from "./element.js";

const styles = sheet(`
  :host { display: inline-block; margin-block: .5rem; }
  dialog > button { margin-top: 1rem; }
  ::slotted(positive-example), ::slotted(negative-example) {
    display: block; margin-block: .9rem; padding: .7rem .9rem; border-radius: var(--radius); border-inline-start: 5px solid;
  }
  ::slotted(positive-example) { border-color: #2e7d32; background: light-dark(#f0f7f0, #1d3222); }
  ::slotted(negative-example) { border-color: #a4262c; background: light-dark(#fdf1f1, #3a2224); }
`);

export class CrowdModal extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ["link-text", "link-type"];
  static defaultLinkText = "";

  build() {
    this.opener = h("button", { type: "button", onclick: () => this.open() });
    const close = h("button", { type: "button", onclick: () => this.close() }, "Close");
    this.dialog = h(
      "dialog",
      { oncancel: (event) => event.stopPropagation() },
      ...this.content(),
      close,
    );
    this.shadowRoot.append(this.opener, this.dialog);
    this.dialog.addEventListener("close", () => this.dispatchEvent(new CustomEvent("close")));
  }

  content() {
    return [h("slot")];
  }

  update() {
    const text = this.getAttribute("link-text") ?? this.constructor.defaultLinkText;
    this.opener.textContent = text;
    this.opener.hidden = text === "";
    this.opener.className = this.getAttribute("link-type") === "button" ? "" : "link";
    setAttribute(this.dialog, "aria-label", text || "Dialog");
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }
}

/** Its regions are short-summary, detailed-instructions, positive-example and negative-example. */
export class CrowdInstructions extends CrowdModal {
  static defaultLinkText = "View instructions";
  static regions = [
    "short-summary",
    "detailed-instructions",
    "positive-example",
    "negative-example",
  ];

  content() {
    const regions = CrowdInstructions.regions.map((tag) => this.region(tag));
    return [h("h2", {}, "Instructions"), ...regions, h("slot")];
  }
}

customElements.define("crowd-modal", CrowdModal);
customElements.define("crowd-instructions", CrowdInstructions);
