/** crowd-card, crowd-tabs and crowd-tab: they arrange, they answer nothing. */
import { h, setAttribute, sheet } from "./dom.js";
import { CrowdElement } from "./element.js";

const cardStyles = sheet(`
  :host { margin-block: .9rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); overflow: hidden; }
  img { display: block; width: 100%; max-height: 20rem; object-fit: cover; }
  .content { padding: 1rem 1.1rem; }
  h2 { margin: 0 0 .5rem; }
`);

export class CrowdCard extends CrowdElement {
  static styles = [cardStyles];
  static observedAttributes = ["heading", "image"];

  build() {
    this.image = h("img", { alt: "" });
    this.heading = h("h2");
    this.shadowRoot.append(this.image, h("div", { className: "content" }, this.heading, h("slot")));
  }

  update() {
    const [heading, image] = [this.getAttribute("heading"), this.getAttribute("image")];
    this.heading.textContent = heading ?? "";
    this.heading.hidden = !heading;
    this.image.hidden = !image;
    setAttribute(this.image, "src", image || null);
  }
}

export class CrowdTab extends CrowdElement {
  static observedAttributes = ["header"];

  build() {
    this.setAttribute("role", "tabpanel");
    this.shadowRoot.append(h("slot"));
  }

  get header() {
    return this.getAttribute("header") ?? "";
  }

  update() {
    this.ariaLabel = this.header;
    this.closest("crowd-tabs")?.showTabs?.();
  }

  /** Selects this tab: something on it needs attention. */
  reveal() {
    this.closest("crowd-tabs")?.selectTab(this);
  }
}

const tabsStyles = sheet(`
  [role=tablist] { display: flex; gap: .25rem; border-bottom: 1px solid var(--line); margin-bottom: .9rem; }
  [role=tab] { border: 0; border-radius: 0; background: none; padding: .55rem .9rem; border-bottom: 3px solid transparent; }
  [role=tab][aria-selected=true] { border-bottom-color: var(--accent); font-weight: 600; }
`);
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export class CrowdTabs extends CrowdElement {
  static styles = [tabsStyles];
  #selected = 0;

  build() {
    this.list = h("div", { role: "tablist", onkeydown: (event) => this.#onKey(event) });
    this.shadowRoot.append(this.list, h("slot", { onslotchange: () => this.showTabs() }));
    this.showTabs();
  }

  get tabs() {
    return [...this.children].filter((child) => child.localName === "crowd-tab");
  }

  showTabs() {
    this.list.replaceChildren(...this.tabs.map((tab, index) => this.#tabButton(tab, index)));
    this.tabs.forEach((tab, index) => (tab.hidden = index !== this.#selected));
  }

  selectTab(tab) {
    this.#selected = this.tabs.indexOf(tab);
    this.showTabs();
  }

  #tabButton(tab, index) {
    const isSelected = index === this.#selected;
    return h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(isSelected),
        tabIndex: isSelected ? 0 : -1,
        onclick: () => this.#select(index),
      },
      tab.getAttribute("header") ?? `Tab ${index + 1}`,
    );
  }

  #select(index) {
    this.#selected = index;
    this.showTabs();
    this.list.children[index].focus();
  }

  #onKey(event) {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const count = this.tabs.length;
    this.#select((this.#selected + step + count) % count);
  }
}

customElements.define("crowd-card", CrowdCard);
customElements.define("crowd-tab", CrowdTab);
customElements.define("crowd-tabs", CrowdTabs);
