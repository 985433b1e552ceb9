/** The account as host of the portal: the user pool signs in, tokens say who reviews. */
import { AccountSignInView } from "./account_sign_in.js";
import { contentOf, reach } from "./api_error.js";
import { setNow } from "./durations.js";
import { ServerDrafts } from "./server_drafts.js";
import { takeArrival, Tokens } from "./tokens.js";

export class AccountHost {
  apiPath = "/api/";
  unreachable = "The portal does not answer.";
  /** Each look at the list reads the table, for every reviewer. */
  refreshMs = 20_000;

  constructor() {
    this.arrival = takeArrival();
    this.tokens = new Tokens(() => this.#settings());
    this.kept = new ServerDrafts(
      (task, answerContent, options) => this.#draft("PUT", task, { answerContent }, options),
      async (task) => (await this.#draft("GET", task)).answerContent,
    );
  }

  async headers() {
    return { Authorization: `Bearer ${await this.tokens.current()}` };
  }

  /** The computer's own time may be wrong, and tasks end by the service's. */
  answered(response) {
    const date = response.headers.get("date");
    if (date) setNow(date);
  }

  /** Who is signed in (`name`, or null with a `problem`). */
  async session() {
    const ways = { name: null, problem: null, signInRequired: true };
    try {
      await this.#arrive();
      if (!this.tokens.isSignedIn) return ways;
      await this.tokens.current();
    } catch (error) {
      if (error.isOutage) throw error;
      return { ...ways, problem: error.message };
    }
    return { ...ways, name: this.tokens.name };
  }

  /** `isOver`: the session ended or does not let in, and the page says why. */
  async signOut(isOver) {
    if (isOver) this.tokens.forget();
    else await this.tokens.signOut();
  }

  signInView(_ways, { otherTask }) {
    const otherPlace = otherTask ? `/?${new URLSearchParams({ task: otherTask })}` : "/";
    return new AccountSignInView({
      begin: () => this.tokens.begin(location.pathname + location.search),
      leave: () => this.tokens.signOut(otherPlace),
    });
  }

  drafts() {
    return this.kept;
  }

  async keepDrafts() {
    await this.kept.flush();
  }

  async prepareDraft(task) {
    await this.kept.prepare(task);
  }

  /** What came back from the sign-in is used once; not before the sign-in answers, though. */
  async #arrive() {
    if (!this.arrival) return;
    try {
      await this.tokens.finish(this.arrival);
    } catch (error) {
      if (!error.isOutage) this.arrival = null;
      throw error;
    }
    this.arrival = null;
  }

  async #draft(method, task, body, options = {}) {
    const headers = { ...(await this.headers()), "Content-Type": "application/json" };
    const path = `${this.apiPath}tasks/${encodeURIComponent(task)}/draft`;
    const request = { method, headers, body: body && JSON.stringify(body), ...options };
    return contentOf(await reach(path, request, this.unreachable));
  }

  /** Client and address of the sign-in; a failure is not remembered. */
  async #settings() {
    const response = await reach("/config.json", {}, this.unreachable);
    return (await contentOf(response)).signIn;
  }
}
