/** crowd-form: checks the answer, fires `submit`, and hands the answer to the page around the task. */
import { h, setAttribute, sheet } from "./dom.js";
import { CrowdElement } from "./element.js";
import { controlsIn } from "./form_controls.js";
import { postAnswer } from "./task_messages.js";

const styles = sheet(`
  .summary { margin: .9rem 0; padding: .6rem .9rem; border-radius: var(--radius); background: light-dark(#fdf1f1, #3a2224); color: var(--danger); }
`);
const SUBMIT_BUTTON = "crowd-button[form-action=submit]";

export class CrowdForm extends CrowdElement {
  static styles = [styles];
  #isFiring = false;

  build() {
    this.setAttribute("role", "form");
    if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", "Task");
    this.summary = h("p", { className: "summary", role: "alert", hidden: true });
    this.shadowRoot.append(h("slot"), this.summary);
    this.addEventListener("input", () => (this.summary.hidden = true));
    this.addEventListener("change", () => (this.summary.hidden = true));
    // Later than the scripts that build the form's content.
    setTimeout(() => this.#ensureSubmitButton());
  }

  get answer() {
    const answer = {};
    for (const control of controlsIn(this)) control.contribute(answer);
    return answer;
  }

  /**
   * Checks the answer, fires a cancelable `submit` and sends the answer. Called by a `submit`
   * listener, it sends at once: the listener has decided.
   */
  submit() {
    if (!this.checkValidity()) return;
    if (!this.#isFiring && !this.#fireSubmit()) return;
    this.isSending = true;
    postAnswer(this.answer);
  }

  /** Shows the first problem, moves the focus there, and returns whether there was none. */
  checkValidity() {
    const controls = controlsIn(this);
    const wrong = controls.filter((control) => control.problem() !== "");
    for (const control of controls) control.showProblem(control.problem());
    this.summary.hidden = wrong.length === 0;
    this.summary.textContent =
      wrong.length === 1
        ? "One answer needs your attention."
        : `${wrong.length} answers need your attention.`;
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  reset() {
    for (const control of controlsIn(this)) control.reset();
    this.dispatchEvent(new Event("reset", { bubbles: true }));
  }

  /** While an answer is on its way, it cannot be sent again. */
  set isSending(isSending) {
    for (const button of this.querySelectorAll(SUBMIT_BUTTON))
      setAttribute(button, "loading", isSending);
  }

  #fireSubmit() {
    this.#isFiring = true;
    try {
      return this.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    } finally {
      this.#isFiring = false;
    }
  }

  #ensureSubmitButton() {
    if (this.querySelector(SUBMIT_BUTTON)) return;
    const button = h("crowd-button", { "form-action": "submit", "data-added": true }, "Submit");
    this.append(button);
  }
}

customElements.define("crowd-form", CrowdForm);
