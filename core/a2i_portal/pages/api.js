/** The portal's JSON API on behalf of who is signed in, or of a worker named in development. */

import { contentOf, reach } from "./api_error.js";
import { host } from "./host.js";

export class PortalApi {
  /** `named`: the worker that the address names; empty for who is signed in. */
  constructor(named) {
    this.worker = named ? { worker: named } : {};
  }

  /** Milliseconds between two looks at the list while it is in sight. */
  get refreshMs() {
    return host.refreshMs;
  }

  /** A page of the list: `{ tasks, waiting, more }`. `asked`: search, flow, order, after. */
  tasks(asked = {}) {
    return call("GET", `tasks${this.#query(asked)}`);
  }

  /** The reviewer's own numbers. */
  me() {
    return call("GET", `me${this.#query()}`);
  }

  /** The reviewer's last answers that may be read, and one of them with its content. */
  answers() {
    return call("GET", `answers${this.#query()}`);
  }

  answer(id) {
    return call("GET", `answers/${encodeURIComponent(id)}${this.#query()}`);
  }

  async accept(id) {
    const [task] = await Promise.all([this.#change(id, "accept"), host.prepareDraft(id)]);
    this.documentPath = task.documentPath;
    return task;
  }

  release(id) {
    return this.#change(id, "release");
  }

  /** Gives the task back for good; `declined`: the code of a reason, and a comment. */
  decline(id, declined) {
    return this.#change(id, "decline", declined);
  }

  /** Keeps a comment on the task; it replaces the reviewer's one before. */
  flag(id, comment) {
    return this.#change(id, "flag", { comment });
  }

  extend(id) {
    return this.#change(id, "extend");
  }

  /** Takes the answer back, while its flow allows it. */
  undo(id) {
    return this.#change(id, "undo");
  }

  submit(id, answerContent) {
    return this.#change(id, "submit", { answerContent });
  }

  /** The address of the document of the task that was accepted last, for a frame. */
  documentUrl(id) {
    return this.documentPath ?? `/_a2i/task/${encodeURIComponent(id)}${this.#query()}`;
  }

  #query(asked = {}) {
    const given = Object.entries({ ...this.worker, ...asked }).filter(([, value]) => value);
    return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  }

  #change(id, action, content = {}) {
    const path = `tasks/${encodeURIComponent(id)}/${action}`;
    return call("POST", path, { ...this.worker, ...content });
  }
}

async function call(method, path, body) {
  const headers = await host.headers();
  if (body) headers["Content-Type"] = "application/json";
  const request = { method, headers, body: body && JSON.stringify(body) };
  const response = await reach(`${host.apiPath}${path}`, request, host.unreachable);
  host.answered(response);
  return contentOf(response);
}
