/** The portal's JSON API on behalf of who is signed in, or of a worker named in development. */

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get isTimeOver() {
    return this.code === "TaskTimeLimitExceeded";
  }

  get isSessionOver() {
    return this.status === 401;
  }

  /** Nobody is signed in any more, or who is may not work here. */
  get isOut() {
    return this.isSessionOver || this.status === 403 || this.code === "SourceIpNotAllowed";
  }
}

/** Who is signed in (`name`, or null with a `problem`), and which ways in there are. */
export function session() {
  return call("GET", "session");
}

/** `{ name }`, or `{ challenge }` when the user pool asks for more: sign in again with the answer. */
export function signIn(credentials) {
  return call("POST", "sign-in", credentials);
}

export function signOut() {
  return call("POST", "sign-out", {});
}

export class PortalApi {
  /** `named`: the worker that the address names; empty for who is signed in. */
  constructor(named) {
    this.worker = named ? { worker: named } : {};
  }

  /** Milliseconds between two looks at the list while it is in sight. */
  get refreshMs() {
    return 4000;
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

  accept(id) {
    return this.#change(id, "accept");
  }

  release(id) {
    return this.#change(id, "release");
  }

  /** Gives the task back for good; `declined`: the code of a reason, and a comment. */
  decline(id, declined) {
    return this.#change(id, "decline", declined);
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

  /** The address of the task's document, for a frame. */
  documentUrl(id) {
    return `/_a2i/task/${encodeURIComponent(id)}${this.#query()}`;
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
  const response = await reach(method, path, body);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { code = "Unknown", message = `The portal answered ${response.status}.` } =
    answer.error ?? {};
  throw new ApiError(response.status, code, message);
}

async function reach(method, path, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  try {
    return await fetch(`/_a2i/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError(
      0,
      "Unreachable",
      "The portal does not answer. Is the local AWS still running?",
    );
  }
}
