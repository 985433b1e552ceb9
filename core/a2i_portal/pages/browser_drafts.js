/** Half-filled forms, kept in this browser until the task is submitted or released. */

export class BrowserDrafts {
  constructor(worker) {
    this.worker = worker;
  }

  load(task) {
    try {
      return JSON.parse(localStorage.getItem(this.#key(task)));
    } catch {
      return null;
    }
  }

  save(task, draft) {
    try {
      localStorage.setItem(this.#key(task), JSON.stringify(draft));
    } catch {
      // Full or forbidden storage costs the draft after a reload, not the work on the screen.
    }
  }

  drop(task) {
    localStorage.removeItem(this.#key(task));
  }

  #key(task) {
    return `a2i-draft:${this.worker}:${task}`;
  }
}
