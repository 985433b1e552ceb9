/**
 * crowd-checkbox, crowd-toggle-button, crowd-radio-button and crowd-radio-group.
 * Answer (AWS, element reference): "name": {"value": true | false}, unchecked ones included;
 * elements of one name share the object. The group contributes nothing of its own.
 */
import { h, setAttribute, sheet } from "./dom.js";
import { AnswerElement, CrowdElement, mergeChoice, problemPlace, reflect } from "./element.js";

const styles = sheet(`
  :host { margin-block: .35rem; }
  label { display: inline-flex; align-items: center; gap: .6rem; padding: .2rem 0; cursor: pointer; }
  :host([disabled]) label { opacity: .55; cursor: not-allowed; }
  input[role=switch] {
    appearance: none; width: 2.4rem; height: 1.35rem; border-radius: 1rem; cursor: inherit;
    background: var(--strong-line); position: relative; transition: background .12s;
  }
  input[role=switch]::after {
    content: ""; position: absolute; inset: 3px auto 3px 3px; aspect-ratio: 1; border-radius: 50%;
    background: #fff; transition: translate .12s;
  }
  input[role=switch]:checked { background: var(--accent); }
  input[role=switch]:checked::after { translate: 1.05rem 0; }
`);

class Choice extends AnswerElement {
  static styles = [styles];
  static delegatesFocus = true;
  static observedAttributes = ["checked", "disabled"];

  build() {
    this.control = this.makeControl();
    this.control.setAttribute("aria-describedby", "problem");
    this.control.checked = this.hasAttribute("checked");
    this.control.addEventListener("change", () => this.changed());
    this.shadowRoot.append(h("label", {}, this.control, h("slot")), problemPlace());
  }

  update() {
    this.control.disabled = this.disabled;
  }

  attributeChangedCallback(name, before, after) {
    super.attributeChangedCallback(name, before, after);
    if (name === "checked" && this.control && before !== after) this.checked = after !== null;
  }

  get value() {
    return this.getAttribute("value") ?? "on";
  }

  set value(text) {
    setAttribute(this, "value", text);
  }

  get checked() {
    return this.control ? this.control.checked : this.hasAttribute("checked");
  }

  set checked(chosen) {
    if (this.control) this.control.checked = Boolean(chosen);
    else setAttribute(this, "checked", Boolean(chosen));
  }

  get draft() {
    return this.checked;
  }

  set draft(chosen) {
    this.checked = chosen;
  }

  contribute(answer) {
    if (this.name && !this.disabled) mergeChoice(answer, this.name, this.value, this.checked);
  }

  problem() {
    const isMissing = this.hasAttribute("required") && !this.disabled && !this.checked;
    return isMissing ? "Check this to continue." : "";
  }

  reset() {
    this.checked = this.hasAttribute("checked");
  }
}

reflect(Choice, { text: ["name"], flag: ["required", "disabled"] });

export class CrowdCheckbox extends Choice {
  makeControl() {
    return h("input", { type: "checkbox" });
  }
}

export class CrowdToggleButton extends Choice {
  makeControl() {
    return h("input", { type: "checkbox", role: "switch" });
  }

  update() {
    super.update();
    setAttribute(this.control, "aria-invalid", this.hasAttribute("invalid") ? "true" : null);
  }
}

export class CrowdRadioButton extends Choice {
  makeControl() {
    return h("input", { type: "radio" });
  }

  /** The buttons of which only one can be chosen. */
  get peers() {
    const group = this.closest("crowd-radio-group");
    const scope = group ?? this.closest("crowd-form") ?? document;
    const all = [...scope.querySelectorAll("crowd-radio-button")];
    return group ? all : all.filter((peer) => peer.name === this.name);
  }

  set checked(chosen) {
    super.checked = chosen;
    if (chosen) this.#uncheckPeers();
  }

  get checked() {
    return super.checked;
  }

  changed() {
    this.#uncheckPeers();
    super.changed();
  }

  #uncheckPeers() {
    for (const peer of this.peers) if (peer !== this) peer.checked = false;
    this.closest("crowd-radio-group")?.refreshTabStop();
  }
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Gives radio buttons that live in separate shadow trees one tab stop and arrow keys. */
export class CrowdRadioGroup extends CrowdElement {
  build() {
    this.setAttribute("role", "radiogroup");
    this.shadowRoot.append(h("slot", { onslotchange: () => this.refreshTabStop() }));
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get buttons() {
    return [...this.querySelectorAll("crowd-radio-button")].filter((button) => button.control);
  }

  refreshTabStop() {
    const buttons = this.buttons;
    const stop =
      buttons.find((button) => button.checked) ?? buttons.find((button) => !button.disabled);
    for (const button of buttons) button.control.tabIndex = button === stop ? 0 : -1;
  }

  #onKey(event) {
    const step = STEPS[event.key];
    const enabled = this.buttons.filter((button) => !button.disabled);
    const at = enabled.indexOf(event.target);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = enabled[(at + step + enabled.length) % enabled.length];
    next.checked = true;
    next.focus();
    next.changed();
  }
}

customElements.define("crowd-checkbox", CrowdCheckbox);
customElements.define("crowd-toggle-button", CrowdToggleButton);
customElements.define("crowd-radio-button", CrowdRadioButton);
customElements.define("crowd-radio-group", CrowdRadioGroup);
