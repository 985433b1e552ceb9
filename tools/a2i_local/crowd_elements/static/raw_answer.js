/**
 * The widgets that have no drawing tools offline: they show what they ask about and take the answer
 * as JSON, prepared in the shape that AWS's element reference gives.
 */
import { h, sheet } from "./dom.js";
import { AnswerElement, problemPlace, reflect } from "./element.js";
import { imageTarget } from "./image_target.js";
import { workspace, workspaceStyles } from "./workspace.js";

const styles = sheet(`
  textarea { min-height: 16rem; font: .88rem/1.5 ui-monospace, monospace; }
`);

const SHAPES = {
  "crowd-semantic-segmentation": {
    parts: { labelMappings: {}, labeledImage: { pngImageData: "" } },
  },
  "crowd-instance-segmentation": { parts: { instances: [], labeledImage: { pngImageData: "" } } },
  "crowd-textract-analyze-document": {
    key: "AWS/Textract/AnalyzeDocument/Forms/V1",
    list: "blocks",
    withoutImage: true,
  },
  "crowd-rekognition-detect-moderation-labels": {
    key: "AWS/Rekognition/DetectModerationLabels/Image/V3",
    list: "moderationLabels",
    withoutImage: true,
  },
};

class RawAnswer extends AnswerElement {
  static styles = [workspaceStyles, styles];

  build() {
    this.field = h("textarea", { id: "json", spellcheck: false });
    this.field.setAttribute("aria-describedby", "problem");
    this.field.addEventListener("input", () => (this.isEdited = true));
    this.field.addEventListener("change", () => this.changed());
    const label = h("label", { className: "label", htmlFor: "json" }, "Answer as JSON");
    const hint = h(
      "p",
      { className: "hint" },
      `The offline stand-in has no drawing tools for <${this.localName}>.`,
    );
    const target = imageTarget(this);
    this.image = target.querySelector("img");
    this.image.addEventListener("load", () => this.#prepare());
    this.shadowRoot.append(
      workspace(this, {
        target: [target],
        answer: [h("div", {}, label, this.field, hint, problemPlace())],
      }),
    );
    this.#prepare();
  }

  get shape() {
    return SHAPES[this.localName];
  }

  get draft() {
    return this.field.value;
  }

  set draft(text) {
    this.isEdited = true;
    this.field.value = text;
  }

  contribute(answer) {
    const key = this.shape.key ?? this.name;
    if (key) answer[key] = this.#parsed();
  }

  problem() {
    const value = this.#parsed();
    if (value === undefined) return "This is not JSON.";
    const missing = Object.keys(this.#empty()).filter((key) => !(key in Object(value)));
    return missing.length > 0 ? `The answer lacks ${missing.join(", ")}.` : "";
  }

  focus() {
    this.field.focus();
  }

  reset() {
    this.isEdited = false;
    this.#prepare();
  }

  /** Writes the empty or initial answer, until somebody edits it. */
  #prepare() {
    if (this.isEdited) return;
    const value = this.#empty();
    const initial = this.literal("initial-value", undefined);
    if (this.shape.list && Array.isArray(initial)) value[this.shape.list] = initial;
    // A segmentation's proposal is an object with the parts that it knows, and the mask's address.
    for (const key of Object.keys(this.shape.parts ?? {}))
      if (Object.hasOwn(Object(initial), key)) value[key] = initial[key];
    this.field.value = JSON.stringify(value, null, 2);
  }

  #empty() {
    const { list, parts, withoutImage } = this.shape;
    const { naturalHeight: height, naturalWidth: width } = this.image;
    return {
      ...(withoutImage ? {} : { inputImageProperties: { height, width } }),
      ...(list ? { [list]: [] } : parts),
    };
  }

  #parsed() {
    try {
      return JSON.parse(this.field.value);
    } catch {
      return undefined;
    }
  }
}

reflect(RawAnswer, { text: ["name"] });
for (const tag of Object.keys(SHAPES)) customElements.define(tag, class extends RawAnswer {});
