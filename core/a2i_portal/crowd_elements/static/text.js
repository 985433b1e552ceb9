/**
 * crowd-input and crowd-text-area.
 * Answer (AWS, element reference): "name": "text"; an empty field is absent.
 */
import { h, setAttribute } from "./dom.js";
import { AnswerElement, problemPlace, reflect } from "./element.js";

const PASSED_ON = {
  "max-length": "maxlength",
  "min-length": "minlength",
  placeholder: "placeholder",
  pattern: "pattern",
  min: "min",
  max: "max",
  step: "step",
  required: "required",
  disabled: "disabled",
  readonly: "readonly",
  autocomplete: "autocomplete",
};

class TextField extends AnswerElement {
  static delegatesFocus = true;
  static observedAttributes = [...Object.keys(PASSED_ON), "label", "value"];

  build() {
    this.control = this.makeControl();
    this.control.id = "control";
    this.control.setAttribute("aria-describedby", "hint problem");
    this.labelText = h("label", { className: "label", htmlFor: "control" });
    this.hint = h("p", { className: "hint", id: "hint", hidden: true });
    this.shadowRoot.append(this.labelText, this.control, this.hint, problemPlace());
    this.control.addEventListener("input", () => this.#typed());
    this.control.addEventListener("change", () => this.changed());
    this.control.value = this.getAttribute("value") ?? "";
    if (this.hasAttribute("auto-focus")) queueMicrotask(() => this.control.focus());
  }

  update() {
    for (const [name, native] of Object.entries(PASSED_ON)) {
      setAttribute(this.control, native, this.getAttribute(name));
    }
    const label = this.getAttribute("label") ?? "";
    this.labelText.textContent = label;
    this.labelText.hidden = label === "";
    setAttribute(this.control, "aria-label", label ? null : this.ariaLabel || this.name || null);
  }

  attributeChangedCallback(name, before, after) {
    super.attributeChangedCallback(name, before, after);
    if (name === "value" && this.control && before !== after) this.control.value = after ?? "";
  }

  get value() {
    return this.control ? this.control.value : (this.getAttribute("value") ?? "");
  }

  set value(text) {
    if (this.control) this.control.value = text ?? "";
    else this.setAttribute("value", text ?? "");
  }

  get draft() {
    return this.value;
  }

  set draft(text) {
    this.value = text;
  }

  contribute(answer) {
    if (this.name && !this.disabled && this.value !== "") answer[this.name] = this.value;
  }

  problem() {
    if (this.disabled) return "";
    const problem = this.#lengthProblem() || this.control.validationMessage;
    return problem && (this.getAttribute("error-message") || problem);
  }

  showProblem(message) {
    super.showProblem(message);
    setAttribute(this.control, "aria-invalid", message ? "true" : null);
  }

  reset() {
    this.value = this.getAttribute("value") ?? "";
  }

  /** Browsers check the length of typed text only; a script or a draft may have set this one. */
  #lengthProblem() {
    const least = Number(this.getAttribute("min-length") ?? 0);
    const most = Number(this.getAttribute("max-length") ?? Infinity);
    const length = this.value.length;
    if (length > 0 && length < least) return `Enter at least ${least} characters.`;
    return length > most ? `Enter at most ${most} characters.` : "";
  }

  #typed() {
    this.showProblem("");
    if (this.hasAttribute("auto-validate")) this.#dropWhatIsNotAllowed();
  }

  /** With auto-validate, characters that do not match allowed-pattern are ignored. */
  #dropWhatIsNotAllowed() {
    const pattern = this.getAttribute("allowed-pattern");
    if (!pattern) return;
    const allowed = new RegExp(pattern);
    const kept = [...this.control.value].filter((character) => allowed.test(character)).join("");
    if (kept !== this.control.value) this.control.value = kept;
  }
}

reflect(TextField, {
  text: ["name", "label", "placeholder", "error-message"],
  flag: ["required", "disabled", "readonly", "auto-validate"],
});

export class CrowdInput extends TextField {
  static observedAttributes = [...TextField.observedAttributes, "type"];

  makeControl() {
    return h("input");
  }

  update() {
    this.control.type = this.getAttribute("type") ?? "text";
    super.update();
  }
}

export class CrowdTextArea extends TextField {
  static observedAttributes = [...TextField.observedAttributes, "rows"];

  makeControl() {
    return h("textarea");
  }

  update() {
    super.update();
    this.control.rows = Number(this.getAttribute("rows")) || 3;
    this.#count();
  }

  build() {
    super.build();
    this.control.addEventListener("input", () => this.#count());
  }

  #count() {
    this.hint.hidden = !this.hasAttribute("char-counter");
    const most = this.getAttribute("max-length");
    this.hint.textContent = `${this.value.length}${most ? ` of ${most}` : ""} characters`;
  }
}

customElements.define("crowd-input", CrowdInput);
customElements.define("crowd-text-area", CrowdTextArea);
