/** Half-filled forms, kept by the portal for their reviewer: they are there in another browser, too. */

/** A pause this long comes before a draft is sent: each one costs a write. */
const PAUSE_MS = 2000;
/** Browsers send no more than this once a page is gone. */
const MAX_LAST_BYTES = 60_000;

export class ServerDrafts {
  /** `send(task, content, options)` puts a draft; `fetch(task)` gets one. */
  constructor(send, fetch) {
    this.send = send;
    this.fetch = fetch;
    this.known = new Map();
    this.pending = new Map();
    addEventListener("pagehide", () => this.#flushAtLast());
  }

  /** Gets what the reviewer had entered, here or elsewhere, before the task is shown. */
  async prepare(task) {
    if (this.known.has(task)) return;
    const content = await this.fetch(task).catch(() => null);
    if (Array.isArray(content?.draft)) this.known.set(task, content.draft);
  }

  load(task) {
    return this.known.get(task) ?? null;
  }

  save(task, draft) {
    this.known.set(task, draft);
    clearTimeout(this.pending.get(task));
    this.pending.set(task, setTimeout(() => this.#flush(task), PAUSE_MS));
  }

  drop(task) {
    clearTimeout(this.pending.get(task));
    this.pending.delete(task);
    this.known.delete(task);
  }

  /** Sends what waits. A draft that does not arrive costs what is entered after a reload alone. */
  async flush() {
    await Promise.all([...this.pending.keys()].map((task) => this.#flush(task)));
  }

  async #flush(task, options = {}) {
    clearTimeout(this.pending.get(task));
    this.pending.delete(task);
    await this.send(task, { draft: this.known.get(task) }, options).catch(() => {});
  }

  #flushAtLast() {
    for (const task of this.pending.keys())
      if (JSON.stringify(this.known.get(task)).length < MAX_LAST_BYTES)
        this.#flush(task, { keepalive: true });
  }
}
