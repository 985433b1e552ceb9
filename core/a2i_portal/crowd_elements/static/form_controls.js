/** The parts of a form that hold an answer: crowd elements, plain HTML controls, custom values. */
import { AnswerElement, mergeChoice } from "./element.js";

const NATIVE = "input, select, textarea";
const WITHOUT_ANSWER = new Set(["submit", "button", "reset", "image", "file"]);

/** All answering parts below `root`, in document order, behind one interface. */
export function controlsIn(root) {
  return [...root.querySelectorAll("*")].map(asControl).filter((control) => control !== null);
}

/** @returns {{contribute, problem, showProblem, focus, reset, draft, key} | null} */
function asControl(element) {
  const control = answering(element);
  const fieldset = element.closest("fieldset:disabled");
  const isInLegend = fieldset?.querySelector(":scope > legend")?.contains(element) ?? false;
  return control && fieldset && !isInLegend ? new Disabled(element) : control;
}

function answering(element) {
  if (element instanceof AnswerElement) return new CrowdControl(element);
  if (element.localName === "object-value-input") return new ObjectValue(element);
  if (element.constructor.formAssociated) return new FormAssociated(element);
  if (!element.matches(NATIVE) || WITHOUT_ANSWER.has(element.type)) return null;
  const isChoice = element.type === "radio" || element.type === "checkbox";
  if (isChoice) return new NativeChoice(element);
  return element.type === "select-multiple" ? new NativeList(element) : new NativeText(element);
}

class Control {
  constructor(element) {
    this.element = element;
  }

  /** Names the part in a draft, as long as the template stays the same. */
  get key() {
    const { localName, id } = this.element;
    return [
      localName,
      this.element.getAttribute("name"),
      this.element.getAttribute("value"),
      id,
    ].join("|");
  }

  focus() {
    this.element.closest("crowd-tab")?.reveal();
    this.element.scrollIntoView({ block: "center" });
    this.element.focus();
  }

  problem() {
    return "";
  }

  showProblem() {}

  reset() {}
}

/** A disabled fieldset takes all controls in it out of the answer, crowd elements too. */
class Disabled extends Control {
  contribute() {}

  get draft() {
    return null;
  }

  set draft(_) {}
}

class CrowdControl extends Control {
  contribute(answer) {
    this.element.contribute(answer);
  }

  problem() {
    return this.element.problem();
  }

  showProblem(message) {
    this.element.showProblem(message);
  }

  reset() {
    this.element.reset?.();
  }

  get draft() {
    return this.element.draft;
  }

  set draft(state) {
    this.element.draft = state;
  }
}

class NativeControl extends Control {
  get isAnswered() {
    return this.element.name !== "" && !this.element.matches(":disabled");
  }

  problem() {
    return this.element.checkValidity() ? "" : this.element.validationMessage;
  }

  showProblem(message) {
    if (message) this.element.reportValidity();
  }
}

/** Answer (by analogy with crowd-input): "name": "text"; an empty one is absent. */
class NativeText extends NativeControl {
  contribute(answer) {
    const { name, value } = this.element;
    if (this.isAnswered && value !== "") answer[name] = value;
  }

  reset() {
    if (this.element.localName === "select") {
      for (const option of this.element.options) option.selected = option.defaultSelected;
    } else {
      this.element.value = this.element.defaultValue;
    }
  }

  get draft() {
    return this.element.value;
  }

  set draft(text) {
    this.element.value = text;
  }
}

/** Answer of a select with several choices, as AWS documents none: "name": ["one", "two"]. */
class NativeList extends NativeControl {
  contribute(answer) {
    if (this.isAnswered && this.draft.length > 0) answer[this.element.name] = this.draft;
  }

  reset() {
    for (const option of this.element.options) option.selected = option.defaultSelected;
  }

  get draft() {
    return [...this.element.selectedOptions].map((option) => option.value);
  }

  set draft(values) {
    for (const option of this.element.options) option.selected = values.includes(option.value);
  }
}

/** Answer (by analogy with crowd-radio-button and crowd-checkbox): "name": {"value": boolean}. */
class NativeChoice extends NativeControl {
  contribute(answer) {
    const { name, value, checked } = this.element;
    if (this.isAnswered) mergeChoice(answer, name, value, checked);
  }

  reset() {
    this.element.checked = this.element.defaultChecked;
  }

  get draft() {
    return this.element.checked;
  }

  set draft(chosen) {
    this.element.checked = chosen;
  }
}

/** A template's own element that takes part in forms as HTML defines it: "name": its `value`. */
class FormAssociated extends Control {
  contribute(answer) {
    const { value } = this.element;
    const name = this.element.getAttribute("name");
    const isAnswered = name && !this.element.matches(":disabled");
    if (isAnswered && value !== undefined && value !== null && value !== "") answer[name] = value;
  }

  problem() {
    if (this.element.matches(":disabled") || (this.element.checkValidity?.() ?? true)) return "";
    return this.element.validationMessage || "This part is not complete yet.";
  }

  showProblem(message) {
    if (message) this.element.reportValidity?.();
  }

  get draft() {
    return this.element.value;
  }

  set draft(value) {
    this.element.value = value;
  }
}

/** A template's own element with `value` (an object) and `validate()`. */
class ObjectValue extends Control {
  contribute(answer) {
    const name = this.element.getAttribute("name");
    if (name && this.element.value !== undefined) answer[name] = this.element.value;
  }

  problem() {
    const isValid = this.element.validate?.() ?? true;
    return isValid ? "" : "This part is not complete yet.";
  }

  get draft() {
    return this.element.value;
  }

  set draft(value) {
    this.element.value = value;
  }
}
