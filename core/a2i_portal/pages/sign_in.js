/** Signing in: name and password first, then whatever the user pool asks. */
import { h } from "/_a2i/crowd/dom.js";

const LONGEST = 256;
/** Breaks every rule that a user pool can have: six characters is the least it can ask for. */
const NO_PASSWORD = " ";

export class SignInView {
  /**
   * `ways`: from the session. `signIn(credentials)`: `{ name }`, or `{ challenge }` when the user pool
   * asks for more. `listeners`: signedIn(), named(worker).
   */
  constructor(ways, signIn, listeners) {
    this.signIn = signIn;
    this.listeners = listeners;
    this.element = h("div", { className: "sign-in" });
    this.steps = {
      NEW_PASSWORD_REQUIRED: () => this.#newPassword(),
      SOFTWARE_TOKEN_MFA: () => this.#code(),
    };
    this.ways = ways;
    this.#start();
  }

  opened() {
    this.element.querySelector("input:not([hidden])")?.focus();
  }

  #start() {
    if (this.ways.signInPossible) return this.#show(this.#password(), this.#development());
    if (this.ways.signInRequired === false) return this.#show(this.#name());
    return this.#show(closed(this.ways));
  }

  #password() {
    const username = field("username", "User name or e-mail", { autocomplete: "username" });
    const password = secret("password", "Password", "current-password");
    return form("Sign in", "With your account of the work team.", [username, password], "Sign in", () =>
      this.#signIn({ username: username.input.value.trim(), password: password.input.value }),
    );
  }

  /** Without a password: the way of development, so below the real one. */
  #development() {
    if (this.ways.signInRequired) return null;
    const start = () => this.#show(this.#name(), link("Sign in with a password", () => this.#start()));
    return link("Continue without a password", start);
  }

  #name() {
    const hint = this.ways.signInPossible
      ? "User name or e-mail of a member of the work team"
      : "User name or e-mail; for an OIDC work team group/name";
    const worker = field("worker", hint, { autocomplete: "username" });
    return form("Who is reviewing?", "No password is asked for in development.", [worker], "Continue", () => {
      if (worker.input.value.trim()) this.listeners.named(worker.input.value.trim());
    });
  }

  #newPassword() {
    const name = h("input", { autocomplete: "username", hidden: true, readOnly: true, value: this.credentials.username });
    const first = secret("new-password", "New password", "new-password");
    const again = secret("again", "New password again", "new-password");
    const rules = h("ul", { id: "rules" }, ...this.rules.map((rule) => h("li", {}, sentence(rule))));
    first.input.setAttribute("aria-describedby", rules.id);
    const text = "Your password was a temporary one: from now on this one holds.";
    return form("Choose your password", text, [{ row: name }, { row: rules }, first, again], "Save and continue", () => {
      if (first.input.value !== again.input.value) throw new Error("The two passwords differ.");
      return this.#signIn({ ...this.credentials, newPassword: first.input.value });
    });
  }

  #code() {
    const code = field("code", "Code", { autocomplete: "one-time-code", inputMode: "numeric" });
    const text = "Of six digits, from your authenticator app.";
    return form("Enter the code", text, [code], "Continue", () =>
      this.#signIn({ ...this.credentials, mfaCode: code.input.value.trim() }),
    );
  }

  async #signIn(credentials) {
    const { challenge } = await this.signIn(credentials).catch((error) => this.#refused(credentials, error));
    if (!challenge) return this.listeners.signedIn();
    this.credentials = credentials;
    if (challenge === "NEW_PASSWORD_REQUIRED") this.rules = await this.#passwordRules();
    return this.#show(this.steps[challenge](), link("Back to sign-in", () => this.#start()));
  }

  /** What the pool asks of passwords: it names all its rules to who breaks them. */
  async #passwordRules() {
    try {
      await this.signIn({ ...this.credentials, newPassword: NO_PASSWORD });
    } catch (error) {
      if (error.code === "InvalidPassword") return error.message.split("; ");
    }
    return [];
  }

  /** Who may not work here starts again: the new password is kept, and is asked for from now on. */
  #refused(credentials, error) {
    if (credentials.newPassword && error.isOut) {
      this.#start();
      tell(this.element.querySelector(".problem"), error);
    }
    throw error;
  }

  #show(...parts) {
    this.element.replaceChildren(...parts.filter(Boolean));
    this.opened();
  }
}

function form(title, text, fields, action, submit) {
  const problem = h("p", { className: "problem", role: "alert" });
  const button = h("button", { className: "primary" }, action);
  const rows = fields.map((one) => one.row);
  const element = h("form", {}, h("h2", {}, title), h("p", { className: "quiet" }, text), ...rows, problem, button);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.replaceChildren();
    try {
      await submit();
    } catch (error) {
      tell(problem, error);
      fields.at(-1).input.select();
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

function field(id, label, properties) {
  const input = h("input", { id, name: id, required: true, maxLength: LONGEST, ...properties });
  return { input, row: h("div", { className: "field" }, h("label", { htmlFor: id }, label), input) };
}

/** A field for a password, which can be looked at. */
function secret(id, label, autocomplete) {
  const { input, row } = field(id, label, { type: "password", autocomplete });
  const toggle = h("button", { type: "button", className: "quiet", "aria-pressed": "false" }, "Show");
  toggle.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    toggle.textContent = isShown ? "Show" : "Hide";
    toggle.setAttribute("aria-pressed", String(!isShown));
  });
  toggle.setAttribute("aria-label", `Show: ${label}`);
  row.replaceChildren(row.firstChild, h("div", { className: "row" }, input, toggle));
  return { input, row };
}

function link(text, onclick) {
  return h("button", { type: "button", className: "quiet", onclick }, text);
}

/** Without an answer from the portal the notice above says why. */
function closed({ signInRequired }) {
  const text = signInRequired
    ? "There is no workforce with a user pool, and this portal takes no one without a password."
    : "Load the page again once that has changed.";
  return h("div", {}, h("h2", {}, "Nobody can sign in"), h("p", { className: "quiet" }, text));
}

/** Says what is wrong; a password can break several rules, each on a line of its own. */
function tell(problem, error) {
  problem.replaceChildren(...error.message.split("; ").map((one) => h("span", {}, sentence(one))));
}

/** Messages begin in lower case and have no full stop; an e-mail address stays as it is. */
function sentence(message) {
  const [first] = message.split(" ");
  const start = first.includes("@") ? message : message.charAt(0).toUpperCase() + message.slice(1);
  return `${start.replace(/\.$/, "")}.`;
}
