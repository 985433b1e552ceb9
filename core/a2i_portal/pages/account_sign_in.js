/** Signing in at the user pool's own page, which asks for password and code. */
import { h } from "/_a2i/crowd/dom.js";

export class AccountSignInView {
  /** `begin()` leaves for the sign-in, `leave()` ends the session that the pool may still have. */
  constructor({ begin, leave }) {
    this.problem = h("p", { className: "problem", role: "alert" });
    const form = h(
      "form",
      {},
      h("h2", {}, "Sign in"),
      h("p", { className: "quiet" }, "With your account of the work team, on the next page."),
      this.problem,
      h("button", { className: "primary" }, "Sign in"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go(begin);
    });
    const other = { type: "button", className: "quiet", onclick: () => this.#go(leave) };
    this.element = h("div", { className: "sign-in" }, form, h("button", other, "Use another account"));
  }

  opened() {
    this.element.querySelector("button").focus();
  }

  async #go(away) {
    await away().catch((error) => {
      this.problem.textContent = error.message;
    });
  }
}
