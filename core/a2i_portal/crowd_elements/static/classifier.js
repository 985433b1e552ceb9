/**
 * crowd-classifier, crowd-classifier-multi-select, their image versions, and
 * crowd-rekognition-detect-moderation-labels.
 * Answer (AWS, element reference and recorded output): "name": {"label": "x"}, and of the
 * multi-select ones "name": {"labels": ["x", "y"]}; the image classifier may add "workerComment". Of the
 * moderation labels "AWS/Rekognition/DetectModerationLabels/Image/V3": {"moderationLabels": [...]}: the
 * chosen categories as the template gives them, strings or objects with a `name`.
 */
import { h, sheet } from "./dom.js";
import { AnswerElement, problemPlace, reflect } from "./element.js";
import { imageTarget, overlayTarget } from "./image_target.js";
import { LABEL_KEYS, labelOfKey, onToolKey } from "./tool_keys.js";
import { workspace, workspaceStyles } from "./workspace.js";

const styles = sheet(`
  .categories { display: grid; gap: .5rem; }
  .category {
    display: flex; align-items: center; gap: .7rem; padding: .6rem .75rem; cursor: pointer;
    border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface);
  }
  .category:hover { border-color: var(--strong-line); }
  .category:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
  .category span { flex: 1; overflow-wrap: anywhere; }
  .exclusion { margin-top: .6rem; }
`);
const MODERATION_KEY = "AWS/Rekognition/DetectModerationLabels/Image/V3";

/** Subclasses choose the kind of choice (`inputType`) and the shape of the answer. */
class Classifier extends AnswerElement {
  static styles = [workspaceStyles, styles];
  static observedAttributes = ["categories", "header"];

  build() {
    this.choices = h("div", { className: "categories" });
    const legend = h(
      "legend",
      { className: "visually-hidden" },
      this.getAttribute("header") || "Category",
    );
    this.shadowRoot.append(
      workspace(this, {
        target: this.target(),
        answer: [h("fieldset", {}, legend, this.choices, problemPlace()), this.comment()],
      }),
    );
    this.choices.addEventListener("change", (event) => this.#chosen(event.target));
    onToolKey(this, (event) => this.#onKey(event));
  }

  update() {
    const chosen = this.choices.hasChildNodes() ? this.labels : this.initialLabels();
    this.choices.replaceChildren(...this.#categoryRows(), ...this.#exclusionRows());
    this.labels = chosen;
    this.shadowRoot.querySelector("#header").textContent = this.getAttribute("header") ?? "";
  }

  target() {
    return [this.region("classification-target") ?? h("slot")];
  }

  comment() {
    return null;
  }

  get inputs() {
    return [...this.choices.querySelectorAll("input")];
  }

  get labels() {
    return this.inputs.filter((input) => input.checked).map((input) => input.value);
  }

  set labels(labels) {
    for (const input of this.inputs) input.checked = labels.includes(input.value);
  }

  get draft() {
    return this.labels;
  }

  set draft(labels) {
    this.labels = labels;
  }

  problem() {
    return this.labels.length > 0 ? "" : "Choose a category.";
  }

  focus() {
    (this.inputs.find((input) => input.checked) ?? this.inputs[0])?.focus();
  }

  reset() {
    this.labels = this.initialLabels();
  }

  #categoryRows() {
    const categories = this.literal("categories", []);
    if (!Array.isArray(categories)) {
      this.complain("categories: expected a list, as in ['Yes', 'No']");
      return [];
    }
    return categories.map((category, index) => this.#row(nameOf(category), LABEL_KEYS[index]));
  }

  #exclusionRows() {
    const exclusion = this.literal("exclusion-category", null);
    if (!exclusion?.text) return [];
    const row = this.#row(String(exclusion.text));
    row.classList.add("exclusion");
    this.exclusionInput = row.querySelector("input");
    return [row];
  }

  #row(category, key) {
    const input = h("input", {
      type: this.constructor.inputType,
      name: "category",
      value: category,
    });
    input.setAttribute("aria-describedby", "problem");
    const shortcut = key ? h("kbd", { "aria-hidden": "true" }, key.toUpperCase()) : null;
    return h("label", { className: "category" }, input, h("span", {}, category), shortcut);
  }

  /** "None of these" and a category contradict each other. */
  #chosen(input) {
    for (const other of this.inputs) {
      const isOpposite = (other === this.exclusionInput) !== (input === this.exclusionInput);
      if (input.checked && isOpposite) other.checked = false;
    }
    this.changed();
  }

  #onKey(event) {
    this.inputs.filter((input) => input !== this.exclusionInput)[labelOfKey(event)]?.click();
  }
}

function nameOf(category) {
  return String(category?.name ?? category);
}

reflect(Classifier, { text: ["name"] });

export class CrowdClassifier extends Classifier {
  static inputType = "radio";

  get value() {
    return { label: this.labels[0] };
  }

  initialLabels() {
    return [this.getAttribute("initial-value") ?? ""];
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }
}

export class CrowdClassifierMultiSelect extends Classifier {
  static inputType = "checkbox";

  get value() {
    return { labels: this.labels };
  }

  initialLabels() {
    const text = this.getAttribute("initial-value") ?? "";
    return text.trim().startsWith("[") ? this.literal("initial-value", []) : [text];
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }
}

export class CrowdImageClassifier extends CrowdClassifier {
  target() {
    return [overlayTarget(this)];
  }

  comment() {
    const region = this.region("worker-comment");
    if (region === null) return null;
    const part = this.querySelector("worker-comment");
    this.commentField = h("textarea", {
      rows: 3,
      placeholder: part.getAttribute("placeholder") ?? "",
      onchange: () => this.changed(),
    });
    const header = part.getAttribute("header") || "Add a comment";
    return h("label", {}, h("span", { className: "label" }, header), region, this.commentField);
  }

  get value() {
    const comment = this.commentField?.value;
    return { ...super.value, ...(comment ? { workerComment: comment } : {}) };
  }

  get draft() {
    return { labels: this.labels, comment: this.commentField?.value ?? "" };
  }

  set draft({ labels, comment }) {
    this.labels = labels;
    if (this.commentField) this.commentField.value = comment;
  }
}

export class CrowdImageClassifierMultiSelect extends CrowdClassifierMultiSelect {
  target() {
    return [imageTarget(this)];
  }
}

export class CrowdModerationLabels extends CrowdClassifierMultiSelect {
  target() {
    return [imageTarget(this)];
  }

  get value() {
    const categories = this.literal("categories", []);
    const isChosen = (category) => this.labels.includes(nameOf(category));
    return { moderationLabels: categories.filter(isChosen) };
  }

  contribute(answer) {
    answer[MODERATION_KEY] = this.value;
  }

  /** Without an exclusion category, nothing chosen means that nothing is wrong with the image. */
  problem() {
    return this.exclusionInput ? super.problem() : "";
  }
}

customElements.define("crowd-classifier", CrowdClassifier);
customElements.define("crowd-classifier-multi-select", CrowdClassifierMultiSelect);
customElements.define("crowd-image-classifier", CrowdImageClassifier);
customElements.define("crowd-image-classifier-multi-select", CrowdImageClassifierMultiSelect);
customElements.define("crowd-rekognition-detect-moderation-labels", CrowdModerationLabels);
