/** The portal's JSON API on behalf of one worker. */

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get isTimeOver() {
    return this.code === "TaskTimeLimitExceeded";
  }
}

export class PortalApi {
  constructor(worker) {
    this.worker = worker;
  }

  async tasks() {
    return (await this.#call("GET", `tasks?${this.#query}`)).tasks;
  }

  accept(id) {
    return this.#change(id, "accept");
  }

  release(id) {
    return this.#change(id, "release");
  }

  submit(id, answerContent) {
    return this.#change(id, "submit", { answerContent });
  }

  /** The address of the task's document, for a frame. */
  documentUrl(id) {
    return `/_a2i/task/${encodeURIComponent(id)}?${this.#query}`;
  }

  get #query() {
    return new URLSearchParams({ worker: this.worker });
  }

  #change(id, action, content = {}) {
    const body = { worker: this.worker, ...content };
    return this.#call("POST", `tasks/${encodeURIComponent(id)}/${action}`, body);
  }

  async #call(method, path, body) {
    const response = await this.#fetch(method, path, body);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { code = "Unknown", message = `The portal answered ${response.status}.` } =
      answer.error ?? {};
    throw new ApiError(response.status, code, message);
  }

  async #fetch(method, path, body) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    try {
      return await fetch(`/_a2i/api/${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
      });
    } catch {
      throw new ApiError(
        0,
        "Unreachable",
        "The portal does not answer. Is the local AWS still running?",
      );
    }
  }
}
