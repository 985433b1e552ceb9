/** What a reviewer has to say about a task, which stays with them. */
import { ask, commentField } from "./ask_dialog.js";

export class Comment {
  constructor(api, task) {
    this.api = api;
    this.task = task;
    this.written = "";
  }

  /** Whether one was sent. What does not arrive, an ApiError, is there at the next attempt. */
  async write() {
    const given = await ask(
      "What should those who sent this task know?",
      "Send the comment",
      ...commentField("Comment; it replaces one that you sent before", {
        value: this.written,
        required: true,
      }),
    );
    if (given === null) return false;
    this.written = given.get("comment").trim();
    await this.api.flag(this.task, this.written);
    return true;
  }
}
