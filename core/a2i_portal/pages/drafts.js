/** Half-filled forms, where the host keeps them until the task is submitted or released. */
import { host } from "./host.js";

export class Drafts {
  constructor(worker) {
    this.kept = host.drafts(worker);
  }

  load(task) {
    return this.kept.load(task);
  }

  save(task, draft) {
    this.kept.save(task, draft);
  }

  drop(task) {
    this.kept.drop(task);
  }
}
