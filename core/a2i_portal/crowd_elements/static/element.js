/** What every crowd element is built on. */
import { h, setAttribute } from "./dom.js";
import { LiteralError, parseLiteral } from "./literal.js";
import { theme } from "./theme.js";

/**
 * A custom element with its own shadow root. Subclasses implement `build()`, which runs once when
 * the element is connected, and may implement `update()`, which runs after `build()` and after each
 * change of an attribute in `observedAttributes`.
 */
export class CrowdElement extends HTMLElement {
  #built = false;

  constructor() {
    super();
    const root = this.attachShadow({
      mode: "open",
      delegatesFocus: this.constructor.delegatesFocus,
    });
    root.adoptedStyleSheets = [theme, ...(this.constructor.styles ?? [])];
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    const early = this.#takeEarlyProperties();
    this.build();
    this.update();
    Object.assign(this, early);
    this.dispatchEvent(new CustomEvent("crowd-element-ready", { bubbles: true, composed: true }));
  }

  attributeChangedCallback() {
    if (this.#built) this.update();
  }

  build() {}

  update() {}

  /** What a script set before the element was defined would hide the properties of the class. */
  #takeEarlyProperties() {
    const early = Object.fromEntries(
      Object.entries(this).filter(([name]) => name in this.constructor.prototype),
    );
    for (const name of Object.keys(early)) delete this[name];
    return early;
  }

  /** The attribute read as a literal; `fallback` when it is missing, empty or malformed. */
  literal(name, fallback) {
    const text = this.getAttribute(name)?.trim();
    if (!text) return fallback;
    try {
      return parseLiteral(text) ?? fallback;
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error;
      this.complain(`${name}: ${error.message}`);
      return fallback;
    }
  }

  /** Shows a mistake of the template where its author will see it. */
  complain(message) {
    const text = `<${this.localName}> ${message}`;
    console.error(text);
    this.shadowRoot.prepend(h("p", { className: "problem" }, text));
  }

  /** A slot that shows the children with the tag `tag`, or null where there are none. */
  region(tag) {
    const children = [...this.children].filter((child) => child.localName === tag);
    for (const child of children) child.slot = tag;
    return children.length > 0 ? h("slot", { name: tag }) : null;
  }
}

/**
 * An element that contributes to the answer. Subclasses implement `contribute`, and `problem` where
 * an answer can be refused; `draft` is what a reload restores.
 */
export class AnswerElement extends CrowdElement {
  /** Adds this element's part to the object that becomes `answerContent`. */
  contribute(_answer) {}

  /** Why the answer cannot be submitted; empty when it can. */
  problem() {
    return "";
  }

  /** The labels of the template; a mistake in them is shown where its author will see it. */
  labelList() {
    const labels = this.literal("labels", []);
    const isUsable = Array.isArray(labels) && labels.length > 0;
    if (!isUsable)
      this.complain("labels: expected a list of at least one label, as in ['Car', 'Person']");
    return isUsable ? labels.map(String) : [];
  }

  /** Shows `message` at the element; an empty one clears it. */
  showProblem(message) {
    const place = this.shadowRoot.querySelector(".problem[role=alert]");
    if (place) place.textContent = message;
  }

  /** Tells the page that the answer changed. */
  changed() {
    this.showProblem("");
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Where showProblem() writes. */
export function problemPlace() {
  return h("p", { className: "problem", role: "alert", id: "problem" });
}

/** Several elements of one name form one object of booleans: {"colour": {"red": true, "blue": false}}. */
export function mergeChoice(answer, name, value, chosen) {
  const isChoices = typeof answer[name] === "object" && answer[name] !== null;
  answer[name] = { ...(isChoices ? answer[name] : {}), [value]: chosen };
}

/** Gives a class properties that mirror attributes: reflect(C, { text: ["label"], flag: ["disabled"] }). */
export function reflect(elementClass, { text = [], flag = [] }) {
  for (const name of text) {
    define(elementClass, name, (element) => element.getAttribute(name) ?? "");
  }
  for (const name of flag) {
    define(elementClass, name, (element) => element.hasAttribute(name));
  }
}

function define(elementClass, attribute, get) {
  const property = attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  Object.defineProperty(elementClass.prototype, property, {
    configurable: true,
    get() {
      return get(this);
    },
    set(value) {
      setAttribute(this, attribute, value);
    },
  });
}
