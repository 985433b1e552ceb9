/** crowd-alert, crowd-toast and crowd-badge: they tell, they answer nothing. */
import { h, setAttribute, sheet } from "./dom.js";
import { CrowdElement, reflect } from "./element.js";

const alertStyles = sheet(`
  :host { margin-block: .75rem; }
  .box {
    display: flex; gap: .75rem; align-items: start; padding: .7rem .9rem; border-radius: var(--radius);
    border: 1px solid var(--line); border-inline-start: 5px solid var(--accent); background: var(--surface);
  }
  .text { flex: 1; }
  :host([type=error]) .box { border-inline-start-color: var(--danger); }
  :host([type=warning]) .box { border-inline-start-color: #b26a00; }
  :host([type=success]) .box { border-inline-start-color: #2e7d32; }
  button { padding: 0 .5rem; border-color: transparent; }
`);

export class CrowdAlert extends CrowdElement {
  static styles = [alertStyles];
  static observedAttributes = ["type", "dismissible", "dismissable"];

  build() {
    this.dismiss = h("button", { type: "button", onclick: () => this.remove() }, "×");
    this.dismiss.setAttribute("aria-label", "Dismiss");
    this.shadowRoot.append(
      h("div", { className: "box" }, h("div", { className: "text" }, h("slot")), this.dismiss),
    );
  }

  update() {
    this.setAttribute("role", this.getAttribute("type") === "error" ? "alert" : "status");
    this.dismiss.hidden = !isDismissible(this);
  }
}

/** AWS spells it "dismissible"; templates are seen with both. */
function isDismissible(element) {
  return element.hasAttribute("dismissible") || element.hasAttribute("dismissable");
}

const DEFAULT_TOAST_MS = 3000;
const toastStyles = sheet(`
  :host { display: none; }
  :host([opened]) { display: block; position: fixed; inset: auto auto 1.25rem 1.25rem; z-index: 10; }
  button { margin-inline-start: .8rem; padding: 0 .5rem; color: inherit; background: none; }
  .box { padding: .7rem 1rem; border-radius: var(--radius); background: var(--ink); color: var(--surface); }
`);

export class CrowdToast extends CrowdElement {
  static styles = [toastStyles];
  static observedAttributes = ["text", "opened"];

  build() {
    this.setAttribute("role", "status");
    this.text_ = h("span");
    this.dismiss = h("button", { type: "button", ariaLabel: "Dismiss", onclick: () => this.close() }, "×");
    this.shadowRoot.append(h("div", { className: "box" }, this.text_, h("slot"), this.dismiss));
  }

  update() {
    this.text_.textContent = this.getAttribute("text") ?? "";
    this.dismiss.hidden = !isDismissible(this);
    clearTimeout(this.closing);
    const duration = Number(this.getAttribute("duration") ?? DEFAULT_TOAST_MS);
    if (this.opened && duration > 0) this.closing = setTimeout(() => this.close(), duration);
  }

  open() {
    this.opened = true;
  }

  close() {
    this.opened = false;
  }
}

reflect(CrowdToast, { text: ["text"], flag: ["opened"] });

const badgeStyles = sheet(`
  :host { display: inline-block; }
  span { display: inline-block; min-width: 1.4em; padding: .05rem .45rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; text-align: center; color: var(--on-accent); background: var(--accent); }
`);

export class CrowdBadge extends CrowdElement {
  static styles = [badgeStyles];
  static observedAttributes = ["label"];

  build() {
    this.shadowRoot.append(h("span"));
  }

  update() {
    this.shadowRoot.querySelector("span").textContent = this.getAttribute("label") ?? "";
    setAttribute(this, "aria-label", this.getAttribute("label"));
  }
}

customElements.define("crowd-alert", CrowdAlert);
customElements.define("crowd-toast", CrowdToast);
customElements.define("crowd-badge", CrowdBadge);
