/** Undo and redo of whatever a tool has drawn: a list of items that are never changed in place. */

export class History {
  #past = [];
  #future = [];
  #isOpen = false;

  /** Notes `items` as the state before a change; until close() further changes belong to it. */
  open(items) {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#past.push(items);
    this.#future = [];
  }

  /** Ends a change, a whole drag for instance; returns whether there was one. */
  close() {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }

  clear() {
    this.#past = [];
    this.#future = [];
    this.#isOpen = false;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** The items before the last change; `items` as they are where there is none. */
  undo(items) {
    return this.#step(this.#past, this.#future, items);
  }

  redo(items) {
    return this.#step(this.#future, this.#past, items);
  }

  #step(from, to, items) {
    if (from.length === 0) return items;
    this.#isOpen = false;
    to.push(items);
    return from.pop();
  }
}
