/**
 * crowd-entity-annotation: label parts of a text, by pointer or by keyboard.
 * Answer (AWS, element reference): "name": {"entities": [{endOffset, label, startOffset}]}, the end
 * exclusive; offsets count UTF-16 code units, as JavaScript does.
 */
import { h, rebuild, sheet } from "./dom.js";
import { AnswerElement, problemPlace, reflect } from "./element.js";
import { addEntity, removeAt, trimRange, usableEntities } from "./entities.js";
import { EntityText, entityTextStyles } from "./entity_text.js";
import { colorOf } from "./label_colors.js";
import { labelButton, labelledRow, panelStyles } from "./label_panel.js";
import { labelOfKey, onToolKey } from "./tool_keys.js";
import { workspace, workspaceStyles } from "./workspace.js";

const styles = sheet(`
  .quote { color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 9rem; }
`);
const KEYS_HELP =
  "Keys in the text: arrows go from word to word, Shift+arrows select more, Enter or the key of a label labels, Delete removes the label.";

export class CrowdEntityAnnotation extends AnswerElement {
  static styles = [workspaceStyles, panelStyles, entityTextStyles, styles];
  static observedAttributes = ["text"];
  #entities = [];

  build() {
    this.labels = this.#readLabels();
    this.activeLabel = this.labels[0]?.label;
    this.textView = new EntityText({
      label: (range) => this.#add(range, this.activeLabel),
      labelAs: (range, index) => this.#add(range, this.labels[index]?.label),
      remove: (offset) => this.#remove(offset),
    });
    this.palette = h("div", { className: "labels", role: "group", "aria-label": "Label" });
    this.list = h("ol", { className: "items" });
    this.shadowRoot.append(
      workspace(this, { target: [this.textView.element], answer: [this.#panel(), problemPlace()] }),
    );
    onToolKey(this, (event) => this.#onKey(event));
  }

  update() {
    this.text = this.getAttribute("text") ?? "";
    this.reset();
  }

  get value() {
    const entities = this.#entities.map(({ endOffset, label, startOffset }) => ({
      endOffset,
      label,
      startOffset,
    }));
    return { entities };
  }

  get draft() {
    return this.#entities;
  }

  set draft(entities) {
    this.#entities = entities;
    this.#show();
  }

  contribute(answer) {
    if (this.name) answer[this.name] = this.value;
  }

  focus() {
    this.textView.element.focus();
  }

  reset() {
    const names = this.labels.map(({ label }) => label);
    this.#entities = usableEntities(this.literal("initial-value", []), this.text, names);
    this.#show();
  }

  /** Labels are strings, or objects with `label` and names for display. */
  #readLabels() {
    const given = this.literal("labels", []);
    const labels = (Array.isArray(given) ? given : []).map((entry) =>
      typeof entry === "object" && entry !== null
        ? {
            label: entry.label,
            shown: entry.fullDisplayName ?? entry.label,
            short: entry.shortDisplayName ?? entry.label,
          }
        : { label: String(entry), shown: String(entry), short: String(entry) },
    );
    if (labels.length === 0)
      this.complain("labels: expected a list of at least one label, as in ['Person', 'Place']");
    return labels;
  }

  #panel() {
    return h(
      "section",
      { className: "panel" },
      h("div", {}, h("h3", {}, "Label"), this.palette),
      h("div", {}, h("h3", {}, "Labelled"), this.list),
      h("p", { className: "hint keys" }, `Select text to give it the label. ${KEYS_HELP}`),
    );
  }

  #add(range, label) {
    const { start, end } = trimRange(this.text, range);
    if (label === undefined || start >= end) return;
    this.#change(addEntity(this.#entities, { startOffset: start, endOffset: end, label }));
  }

  #remove(offset) {
    this.#change(removeAt(this.#entities, offset));
  }

  #change(entities) {
    this.#entities = entities;
    this.#show();
    this.changed();
  }

  #onKey(event) {
    const label = this.labels[labelOfKey(event)]?.label;
    if (label === undefined) return;
    this.activeLabel = label;
    this.#show();
  }

  #show() {
    const names = this.labels.map(({ label }) => label);
    const color = (label) => colorOf(label, names);
    const short = (label) => this.labels.find((known) => known.label === label)?.short ?? label;
    this.textView.show(this.text, this.#entities, { color, short });
    rebuild(
      this.palette,
      this.labels.map((label, at) => this.#labelButton(label, at, color)),
    );
    rebuild(
      this.list,
      this.#entities.map((entity) => this.#row(entity, color)),
    );
  }

  #labelButton({ label, shown }, index, color) {
    const choose = () => {
      this.activeLabel = label;
      const range = this.textView.takeSelection();
      if (range) this.#add(range, label);
      this.#show();
    };
    const isActive = label === this.activeLabel;
    return labelButton({ text: shown, color: color(label), index, isActive, choose });
  }

  #row({ startOffset, endOffset, label }, color) {
    const quote = this.text.slice(startOffset, endOffset);
    return labelledRow({
      color: color(label),
      content: [h("span", {}, label), h("span", { className: "quote" }, quote)],
      open: () => this.textView.goTo(startOffset, endOffset),
      removeLabel: `Remove ${label}: ${quote}`,
      remove: () => this.#remove(startOffset),
    });
  }
}

reflect(CrowdEntityAnnotation, { text: ["name"] });
customElements.define("crowd-entity-annotation", CrowdEntityAnnotation);
