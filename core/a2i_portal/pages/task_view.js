/** One task: accepted on opening, answered in a sandboxed frame, then submitted or released. */
import { h } from "/_a2i/crowd/dom.js";
import { TaskFrame } from "/_a2i/crowd/task_frame.js";
import { Drafts } from "./drafts.js";
import { asClock, inWords, secondsUntil } from "./durations.js";
import { readKept } from "./list_controls.js";
import { taskName } from "./task_names.js";

const FEW_SECONDS = 60;
/** Seconds before the end at which the reviewer is told. */
const WARNINGS = [300, FEW_SECONDS];
const AT_ONCE = "a2i-next-at-once";

export class TaskView {
  constructor(portal, id) {
    this.portal = portal;
    this.id = id;
    this.drafts = new Drafts(portal.worker);
    this.title = h("h2", {}, "Opening…");
    this.description = h("p", { className: "quiet" });
    this.clock = h("output", { className: "clock", role: "timer", "aria-label": "Time left" });
    this.content = h("div", { className: "content" });
    this.atOnce = h("input", { type: "checkbox", checked: localStorage.getItem(AT_ONCE) === "yes" });
    this.atOnce.addEventListener("change", () =>
      localStorage.setItem(AT_ONCE, this.atOnce.checked ? "yes" : "no"),
    );
    const atOnce = h("label", { title: "Alt+N" }, this.atOnce, "Next at once");
    const buttons = [atOnce, this.#backButton(), this.#releaseButton()];
    this.buttons = h("div", { className: "buttons" }, ...buttons);
    this.element = h(
      "div",
      { className: "task-view" },
      h(
        "div",
        { className: "bar" },
        h("div", {}, this.title, this.description),
        this.clock,
        this.buttons,
      ),
      this.content,
    );
    this.#open();
  }

  close() {
    this.isClosed = true;
    clearInterval(this.ticking);
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
    this.title.textContent = this.task.title;
    this.description.textContent = `${taskName(this.task)} · ${this.task.description}`;
    this.#showTask();
    this.ticking = setInterval(() => this.#tick(), 1000);
    return this.#tick();
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

  #tick() {
    const left = secondsUntil(this.task.acceptedUntil);
    this.clock.textContent = asClock(left);
    this.clock.classList.toggle("short", left < FEW_SECONDS);
    if (WARNINGS.some((seconds) => left <= seconds && this.left > seconds))
      this.portal.tell(`Less than ${inWords(Math.ceil(left / 60) * 60)} left for this task.`);
    this.left = left;
    if (left <= 0) this.#timeOver();
  }

  async #submit(answer) {
    try {
      await this.portal.api.submit(this.id, answer);
    } catch (error) {
      if (error.isTimeOver) return this.#timeOver();
      if (error.isOut) return this.#refused(error);
      this.frame.refuse();
      return this.portal.tell(error.message, "problem");
    }
    return this.#done();
  }

  #done() {
    this.drafts.drop(this.id);
    this.#end();
    if (this.atOnce.checked) return this.#next("Answer submitted.");
    const next = h(
      "button",
      { type: "button", className: "primary", onclick: () => this.#next() },
      "Next task",
    );
    const list = h(
      "button",
      { type: "button", onclick: () => this.portal.openList() },
      "Back to the list",
    );
    return this.#conclude("Answer submitted", "Thank you.", next, list);
  }

  async #timeOver() {
    if (this.isDone) return;
    this.isDone = true;
    clearInterval(this.ticking);
    await this.frame.flush();
    this.#end();
    const again = h(
      "button",
      { type: "button", className: "primary", onclick: () => this.portal.openTask(this.id) },
      "Start again",
    );
    const list = h(
      "button",
      { type: "button", onclick: () => this.portal.openList() },
      "Back to the list",
    );
    const text =
      "The task went back to the team. What you filled in is kept here, in case it is still free.";
    this.#conclude("The time is over", text, again, list);
  }

  #end() {
    this.isDone = true;
    clearInterval(this.ticking);
    this.frame?.close();
    this.clock.hidden = this.buttons.hidden = true;
  }

  #conclude(title, text, ...buttons) {
    this.portal.tell("");
    this.content.append(
      h(
        "div",
        { className: "conclusion", role: "status" },
        h("h2", {}, title),
        h("p", { className: "quiet" }, text),
        h("div", { className: "buttons" }, ...buttons),
      ),
    );
    buttons[0].focus();
  }

  /** Another task of the same flow if there is one; a slot that somebody takes first is skipped. */
  async #next(message = "") {
    const order = readKept().order === "newest" ? "newest" : "";
    const next =
      (await this.#another({ flow: this.task?.flow, order })) ?? (await this.#another({ order }));
    if (next) this.portal.openTask(next.id, message);
    else this.portal.openList("That was the last one.");
  }

  async #another(asked) {
    const { tasks } = await this.portal.api.tasks(asked).catch(() => ({ tasks: [] }));
    return tasks.find((task) => task.id !== this.id);
  }

  async #release() {
    try {
      await this.portal.api.release(this.id);
    } catch (error) {
      return this.#refused(error);
    }
    this.#end();
    this.drafts.drop(this.id);
    return this.portal.openList("Released: other reviewers can take it.");
  }

  #shortcut(code) {
    if (code === "?") this.portal.showKeys();
    if (this.isDone) return;
    if (code === "KeyN") this.atOnce.click();
    if (code === "KeyR") this.#release();
    if (code === "KeyL") this.portal.openList();
  }

  #refused(error) {
    if (error.isSessionOver) this.portal.leave(error.message, this.id);
    else if (error.isOut) this.portal.leave(error.message);
    else this.portal.openList(error.message, "problem");
  }

  #backButton() {
    return h(
      "button",
      { type: "button", title: "Alt+L", onclick: () => this.portal.openList() },
      "Back to the list",
    );
  }

  #releaseButton() {
    return h(
      "button",
      { type: "button", title: "Alt+R", onclick: () => this.#release() },
      "Release",
    );
  }
}
