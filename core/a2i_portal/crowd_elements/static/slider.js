/**
 * crowd-slider.
 * Answer: "name": number. AWS documents no shape for it; readers should accept text as well.
 */
import { h, setAttribute, sheet } from "./dom.js";
import { AnswerElement, reflect } from "./element.js";

const styles = sheet(`
  .row { display: flex; align-items: center; gap: 1rem; max-width: 34rem; }
  input[type=range] { flex: 1; accent-color: var(--accent); }
  input[type=number] { width: 6rem; }
  output { min-width: 3ch; font-variant-numeric: tabular-nums; font-weight: 600; text-align: end; }
`);

export class CrowdSlider extends AnswerElement {
  static styles = [styles];
  static delegatesFocus = true;
  static observedAttributes = ["min", "max", "step", "disabled"];

  build() {
    const label = this.ariaLabel || this.name || "Value";
    this.control = h("input", { type: "range", oninput: () => this.#moved() });
    this.control.setAttribute("aria-label", label);
    this.control.addEventListener("change", () => this.changed());
    this.shown = this.hasAttribute("editable")
      ? h("input", {
          type: "number",
          "aria-label": `${label}, as a number`,
          oninput: () => this.#typed(),
        })
      : h("output");
    this.shadowRoot.append(h("div", { className: "row" }, this.control, this.shown));
  }

  update() {
    const limits = { min: "0", max: "100", step: "1" };
    for (const [name, fallback] of Object.entries(limits)) {
      const value = this.getAttribute(name) ?? fallback;
      setAttribute(this.control, name, value);
      if (this.shown.localName === "input") setAttribute(this.shown, name, value);
    }
    this.control.disabled = this.shown.disabled = this.disabled;
    if (!this.isSet) this.reset();
  }

  get value() {
    return this.control ? Number(this.control.value) : Number(this.getAttribute("value") ?? 0);
  }

  set value(number) {
    this.isSet = true;
    this.control.value = number;
    this.shown.value = this.control.value;
  }

  get draft() {
    return this.value;
  }

  set draft(number) {
    this.value = number;
  }

  contribute(answer) {
    if (this.name && !this.disabled) answer[this.name] = this.value;
  }

  reset() {
    this.value = this.getAttribute("value") ?? this.control.min;
    this.isSet = false;
  }

  #moved() {
    this.value = this.control.value;
  }

  #typed() {
    this.isSet = true;
    this.control.value = this.shown.value;
    this.changed();
  }
}

reflect(CrowdSlider, { text: ["name"], flag: ["disabled", "required"] });

customElements.define("crowd-slider", CrowdSlider);
