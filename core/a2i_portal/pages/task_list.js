/** The tasks that a reviewer can take, by flow. */
import { h, rebuild } from "/_a2i/crowd/dom.js";
import { inWords, secondsUntil } from "./durations.js";

const REFRESH_MS = 4000;
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
/** A flow definition's name is the flow's, then the stack's hash and the hash of its settings. */
const HASHES = /-[0-9a-f]{8}-[0-9a-f]{10}$/;

export class TaskListView {
  constructor(portal) {
    this.portal = portal;
    this.element = h("div", { className: "list" }, h("p", { className: "quiet" }, "Loading…"));
    this.timer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.onVisible = () => this.#refresh();
    document.addEventListener("visibilitychange", this.onVisible);
    this.#refresh();
  }

  close() {
    this.isClosed = true;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey) return;
    if (event.key === "n") this.#tasks()[0]?.click();
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const tasks = this.#tasks();
    const at = tasks.indexOf(document.activeElement);
    const next = at < 0 ? 0 : (at + step + tasks.length) % tasks.length;
    tasks[next]?.focus();
  }

  #tasks() {
    return [...this.element.querySelectorAll("button.task")];
  }

  async #refresh() {
    if (document.hidden) return;
    try {
      const tasks = await this.portal.api.tasks();
      if (this.isClosed) return;
      if (this.hasFailed) this.portal.tell("");
      this.hasFailed = false;
      this.#show(tasks);
    } catch (error) {
      if (!this.isClosed) this.#fail(error);
    }
  }

  #fail(error) {
    this.hasFailed = true;
    if (error.isOut) this.portal.leave(error.message);
    else this.portal.tell(error.message, "problem");
  }

  #show(tasks) {
    if (tasks.length === 0) return rebuild(this.element, [emptyList()]);
    const flows = Map.groupBy(tasks, (task) => task.flowDefinitionArn);
    rebuild(
      this.element,
      [...flows.values()].map((group) => this.#flow(group)),
    );
  }

  #flow(tasks) {
    const { title, description, flowDefinitionArn } = tasks[0];
    const name = flowDefinitionArn.split("/").at(-1).replace(HASHES, "");
    return h(
      "section",
      { className: "flow" },
      h("h2", {}, title),
      h("p", { className: "quiet" }, `${description} `, h("span", { className: "tag" }, name)),
      h("ul", {}, ...tasks.map((task) => h("li", {}, this.#task(task)))),
    );
  }

  #task(task) {
    const isMine = task.state === "accepted";
    const age = inWords(-secondsUntil(task.createdAt));
    const time = isMine
      ? `${inWords(secondsUntil(task.acceptedUntil))} left`
      : `${inWords(task.timeLimitSeconds)} to answer`;
    return h(
      "button",
      {
        type: "button",
        className: isMine ? "task mine" : "task",
        onclick: () => this.portal.openTask(task.id),
      },
      h("span", { className: "loop" }, task.humanLoopName),
      h("span", { className: "facts" }, `waiting ${age} · ${time}`),
      h("span", { className: "go" }, isMine ? "Continue" : "Start"),
    );
  }
}

function emptyList() {
  return h(
    "div",
    { className: "empty" },
    h("h2", {}, "Nothing to review"),
    h("p", { className: "quiet" }, "New tasks appear here by themselves."),
  );
}
