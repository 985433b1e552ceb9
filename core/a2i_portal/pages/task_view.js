/** One task: accepted on opening, answered in a sandboxed frame, then submitted or given back. */
import { h } from "/_a2i/crowd/dom.js";
import { TaskFrame } from "/_a2i/crowd/task_frame.js";
import { Comment } from "./comment_dialog.js";
import { button, conclusion } from "./conclusion.js";
import { askReason } from "./decline_dialog.js";
import { Drafts } from "./drafts.js";
import { inWords } from "./durations.js";
import { nextTask } from "./next_task.js";
import { TaskBar } from "./task_bar.js";
import { undoButton } from "./undo.js";

export class TaskView {
  constructor(portal, id) {
    this.portal = portal;
    this.id = id;
    this.drafts = new Drafts(portal.worker);
    this.comment = new Comment(portal.api, id);
    this.bar = new TaskBar({
      list: () => portal.openList(),
      extend: () => this.#extend(),
      comment: () => this.#comment(),
      decline: () => this.#decline(),
      release: () => this.#release(),
      warn: (words) => portal.tell(words),
      timeOver: () => this.#timeOver(),
    });
    this.content = h("div", { className: "content" });
    this.element = h("div", { className: "task-view" }, this.bar.element, this.content);
    this.#open();
  }

  close() {
    this.isClosed = true;
    this.bar.stop();
    this.frame?.close();
  }

  /** Before another view comes: what was filled in last is kept. */
  async leave() {
    if (!this.isDone) await this.frame?.flush();
  }

  onKey(event) {
    if (event.ctrlKey && event.key === "Enter") this.frame?.submit();
    else if (event.altKey) this.#shortcut(event.code);
    else if (this.isDone && event.key === "n") this.#next();
  }

  async #open() {
    try {
      this.task = await this.portal.api.accept(this.id);
    } catch (error) {
      return this.#refused(error);
    }
    if (this.isClosed) return undefined;
    this.#showTask();
    return this.bar.show(this.task);
  }

  #showTask() {
    const listeners = {
      answer: (answer) => this.#submit(answer),
      draft: (draft) => this.drafts.save(this.id, draft),
      shortcut: (code) => this.#shortcut(code),
      blocked: (uri) => this.portal.tell(`Not opened, as nothing leaves this machine: ${uri}`),
      ready: () => this.frame.focus(),
    };
    this.frame = new TaskFrame(
      this.portal.api.documentUrl(this.id),
      listeners,
      this.drafts.load(this.id),
    );
    this.content.replaceChildren(this.frame.element);
  }

  async #extend() {
    if (!this.task?.allows.extend) return;
    try {
      this.task = await this.portal.api.extend(this.id);
    } catch (error) {
      return this.#failed(error);
    }
    this.bar.show(this.task);
    this.portal.tell(`You have ${inWords(this.bar.left)} for this task now.`);
    this.frame.focus();
  }

  async #submit(answer) {
    let submitted;
    try {
      submitted = await this.portal.api.submit(this.id, answer);
    } catch (error) {
      if (error.isTimeOver) return this.#timeOver();
      if (error.isOut) return this.#refused(error);
      this.frame.refuse();
      return this.portal.tell(error.message, "problem");
    }
    const { undo } = submitted.allows;
    if (undo) await this.frame.flush();
    return this.#done(undo?.until);
  }

  /** `undoUntil`: how long the answer can be taken back, if it can. */
  #done(undoUntil) {
    const draft = this.drafts.load(this.id);
    const undo = undoUntil ? undoButton(undoUntil, () => this.#undo(draft)) : null;
    this.drafts.drop(this.id);
    this.#end();
    if (this.bar.atOnce.checked) return this.#next(["Answer submitted. ", undo]);
    const next = button("Next task", () => this.#next(), { className: "primary" });
    const list = button("Back to the list", () => this.portal.openList());
    return this.#conclude("Answer submitted", "Thank you.", next, list, undo);
  }

  async #undo(draft) {
    try {
      await this.portal.api.undo(this.id);
    } catch (error) {
      return this.#failed(error);
    }
    if (draft !== null) this.drafts.save(this.id, draft);
    this.portal.openTask(this.id, "Your answer is taken back: it is not sent until you submit it.");
  }

  async #timeOver() {
    if (this.isDone) return;
    this.isDone = true;
    this.bar.stop();
    await this.frame.flush();
    this.#end();
    const again = button("Start again", () => this.portal.openTask(this.id), {
      className: "primary",
    });
    const list = button("Back to the list", () => this.portal.openList());
    const text =
      "The task went back to the team. What you filled in is kept here, in case it is still free.";
    this.#conclude("The time is over", text, again, list);
  }

  #end() {
    this.isDone = true;
    this.bar.end();
    this.frame?.close();
  }

  #conclude(title, text, ...buttons) {
    this.portal.tell("");
    this.content.append(conclusion(title, text, ...buttons));
    buttons[0].focus();
  }

  async #next(message = "") {
    const next = await nextTask(this.portal.api, this.id, this.task?.flow);
    if (next) this.portal.openTask(next.id, message);
    else this.portal.openList(["That was the last one. ", ...[message].flat().slice(1)]);
  }

  async #comment() {
    if (!this.task?.allows.flag) return;
    try {
      if (await this.comment.write()) this.portal.tell("Your comment is sent.");
    } catch (error) {
      return this.#failed(error);
    }
    this.frame.focus();
  }

  async #decline() {
    if (!this.task?.allows.decline) return;
    const declined = await askReason();
    if (declined === null) return this.frame.focus();
    return this.#giveBack(
      () => this.portal.api.decline(this.id, declined),
      "Declined: it is not offered to you again.",
    );
  }

  #release() {
    return this.#giveBack(
      () => this.portal.api.release(this.id),
      "Released: other reviewers can take it.",
    );
  }

  async #giveBack(change, message) {
    try {
      await change();
    } catch (error) {
      return this.#refused(error);
    }
    this.#end();
    this.drafts.drop(this.id);
    return this.portal.openList(message);
  }

  #shortcut(code) {
    if (code === "?") this.portal.showKeys();
    if (this.isDone) return;
    if (code === "KeyN") this.bar.atOnce.click();
    if (code === "KeyM") this.#extend();
    if (code === "KeyX") this.#decline();
    if (code === "KeyC") this.#comment();
    if (code === "KeyR") this.#release();
    if (code === "KeyL") this.portal.openList();
  }

  /** The task stays open, unless the reviewer is out. */
  #failed(error) {
    if (error.isOut) this.#refused(error);
    else this.portal.tell(error.message, "problem");
  }

  /** Signing in again comes back here; as another reviewer, too, where this one may not work. */
  #refused(error) {
    if (error.isSessionOver) this.portal.leave(error.message, { task: this.id });
    else if (error.isOut) this.portal.leave(error.message, { otherTask: this.id });
    else this.portal.openList(error.message, "problem");
  }
}
