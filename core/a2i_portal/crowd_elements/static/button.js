/** crowd-button, crowd-icon-button and crowd-fab: they act, they answer nothing. */
import { h, setAttribute, sheet } from "./dom.js";
import { CrowdElement, reflect } from "./element.js";

const styles = sheet(`
  :host { display: inline-block; }
  button { display: inline-flex; align-items: center; gap: .5rem; }
  button[aria-busy=true]::before {
    content: ""; width: 1em; height: 1em; border-radius: 50%; border: 2px solid currentColor;
    border-top-color: transparent; animation: turn .8s linear infinite;
  }
  .round { border-radius: 999px; min-width: 2.6rem; min-height: 2.6rem; justify-content: center; }
  @keyframes turn { to { rotate: 1turn; } }
`);

export class CrowdButton extends CrowdElement {
  static styles = [styles];
  static delegatesFocus = true;
  static observedAttributes = ["disabled", "loading", "variant", "href", "icon", "title"];

  build() {
    this.control = h("button", { type: "button" }, h("slot"));
    this.shadowRoot.append(this.control);
    this.addEventListener("click", (event) => this.#clicked(event));
  }

  update() {
    const isSubmit = this.formAction === "submit";
    const variant = this.getAttribute("variant") ?? (isSubmit ? "primary" : "normal");
    this.control.className = variant;
    this.control.disabled = this.disabled || this.loading;
    setAttribute(this.control, "aria-busy", this.loading ? "true" : null);
  }

  get formAction() {
    return this.getAttribute("form-action") ?? "";
  }

  #clicked(event) {
    if (this.control.disabled) return;
    // After the listeners of the template, which may prevent it or fill hidden fields.
    setTimeout(() => {
      if (!event.defaultPrevented) this.#act();
    });
  }

  #act() {
    const form = this.closest("crowd-form");
    if (this.formAction === "submit") form?.submit();
    else if (this.formAction === "reset") form?.reset();
    else if (this.hasAttribute("href"))
      window.open(this.getAttribute("href"), "_blank", "noopener");
  }
}

reflect(CrowdButton, { text: ["variant"], flag: ["disabled", "loading"] });

/** Icons come from a font that only Amazon's elements bring: the icon's name stands in for it. */
class IconButton extends CrowdButton {
  update() {
    super.update();
    const icon = (this.getAttribute("icon") ?? "").replace(/^.*:/, "").replaceAll("-", " ");
    const text = this.getAttribute("label") || this.getAttribute("title") || icon;
    this.control.classList.add("round");
    this.control.replaceChildren(text, h("slot"));
  }
}

export class CrowdIconButton extends IconButton {}
export class CrowdFab extends IconButton {}

customElements.define("crowd-button", CrowdButton);
customElements.define("crowd-icon-button", CrowdIconButton);
customElements.define("crowd-fab", CrowdFab);
