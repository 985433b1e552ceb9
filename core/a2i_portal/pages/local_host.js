/** The local AWS as host of the portal: a cookie says who is signed in. */
import { contentOf, reach } from "./api_error.js";
import { BrowserDrafts } from "./browser_drafts.js";
import { SignInView } from "./sign_in.js";

export class LocalHost {
  apiPath = "/_a2i/api/";
  unreachable = "The portal does not answer. Is the local AWS still running?";
  /** Milliseconds between two looks at the list while it is in sight. */
  refreshMs = 4000;

  async headers() {
    return {};
  }

  /** The session tells the time: tests and demonstrations move it forward. */
  answered() {}

  /** Who is signed in (`name`, or null with a `problem`), and which ways in there are. */
  async session() {
    return this.#ask("session");
  }

  async signOut() {
    await this.#post("sign-out", {});
  }

  signInView(ways, listeners) {
    return new SignInView(ways, (credentials) => this.#post("sign-in", credentials), listeners);
  }

  drafts(worker) {
    return new BrowserDrafts(worker);
  }

  /** This browser has each draft from the moment on that it is reported. */
  async keepDrafts() {}

  async prepareDraft() {}

  #post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #ask(path, request) {
    return contentOf(await reach(`${this.apiPath}${path}`, request, this.unreachable));
  }
}
