/** The tasks that a reviewer can take, by flow, one page at a time. */
import { h, rebuild } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";
import { inWords, secondsUntil } from "./durations.js";
import { ListControls } from "./list_controls.js";
import { taskName } from "./task_names.js";

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const SOON_SECONDS = 86_400;
/** A page without a match is followed by the next one; the server looks at 2,000 tasks for each. */
const MAX_EMPTY_PAGES = 10;

export class TaskListView {
  constructor(portal) {
    this.portal = portal;
    this.controls = new ListControls(
      () => this.#begin(),
      () => portal.openAnswers(),
    );
    this.controls.element.hidden = true;
    this.body = h("div", { className: "tasks" }, h("p", { className: "quiet" }, "Loading…"));
    this.element = h("div", { className: "list" }, this.controls.element, this.body);
    this.timer = setInterval(() => this.#refreshUnasked(), portal.api.refreshMs);
    this.onVisible = () => this.#refreshUnasked();
    document.addEventListener("visibilitychange", this.onVisible);
    this.#begin();
  }

  close() {
    this.isClosed = true;
    clearInterval(this.timer);
    this.controls.close();
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey) return;
    if (event.key === "n") this.#tasks()[0]?.click();
    if (event.key === "/") {
      event.preventDefault();
      this.controls.focusSearch();
    }
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

  /** Shows the first page of what is asked for now. */
  #begin() {
    this.pages = [{ after: "", first: 1 }];
    this.#refresh();
  }

  /** What can take the server thousands of tasks stays as it was found. */
  #refreshUnasked() {
    const isCostly = this.controls.isSearch || (this.controls.isByEnd && this.isLong);
    if (!document.hidden && !isCostly) this.#refresh();
  }

  async #refresh() {
    const refresh = (this.latest = {});
    try {
      const [page, me] = await Promise.all([this.#load(), this.portal.api.me().catch(() => ({}))]);
      if (this.isClosed || refresh !== this.latest) return;
      if (this.hasFailed) this.portal.tell("");
      this.hasFailed = false;
      this.#show(page, me);
    } catch (error) {
      if (!this.isClosed) this.#fail(error);
    }
  }

  async #load() {
    const asked = this.controls.asked;
    let page = await this.portal.api.tasks({ ...asked, after: this.pages.at(-1).after });
    for (let empty = 1; page.tasks.length === 0 && page.more && empty < MAX_EMPTY_PAGES; empty++)
      page = await this.portal.api.tasks({ ...asked, after: page.more });
    return page;
  }

  #fail(error) {
    this.hasFailed = true;
    if (error.isOut) this.portal.leave(error.message);
    else this.portal.tell(error.message, "problem");
  }

  #show({ tasks, waiting, more, cut: isCut }, me) {
    this.waiting = waiting ?? this.waiting;
    const { first } = this.pages.at(-1);
    const hasAnswered = me.answeredToday > 0 || me.answeredLast7Days > 0;
    const isEmpty = tasks.length === 0 && this.pages.length === 1 && !more && !isCut;
    this.isLong = Boolean(more || isCut);
    this.controls.element.hidden = isEmpty && !this.controls.isNarrow && !hasAnswered;
    this.controls.tell({
      first,
      shown: tasks.length,
      waiting: this.controls.isNarrow ? null : this.waiting,
      hasMore: Boolean(more),
      isCut,
      me,
    });
    this.controls.addFlows(tasks);
    const flows = Map.groupBy(tasks, ({ flow, title }) => `${flow} ${title}`);
    rebuild(this.body, [
      isEmpty ? this.#nothing() : null,
      ...[...flows.values()].map((group) => flowSection(group, this.portal)),
      this.#pager(first + tasks.length, more),
    ].filter(Boolean));
  }

  #nothing() {
    if (!this.controls.isNarrow) return emptyList("New tasks appear here by themselves.");
    const all = button("Show all tasks", () => this.controls.widen());
    return emptyList("No task matches what is asked for.", all);
  }

  #pager(next, more) {
    const isFirst = this.pages.length === 1;
    if (isFirst && !more) return null;
    const back = isFirst ? null : button("Previous page", () => this.#turn(() => this.pages.pop()));
    const on = more
      ? button("Next page", () => this.#turn(() => this.pages.push({ after: more, first: next })))
      : null;
    return h("nav", { className: "buttons", "aria-label": "Pages" }, back, on);
  }

  #turn(step) {
    step();
    this.portal.scrollUp();
    this.#refresh();
  }
}

function flowSection(tasks, portal) {
  const { title, description, flow } = tasks[0];
  return h(
    "section",
    { className: "flow" },
    h("h2", {}, title),
    h("p", { className: "quiet" }, `${description} `, h("span", { className: "tag" }, flow)),
    h("ul", {}, ...tasks.map((task) => h("li", {}, taskButton(task, portal)))),
  );
}

function taskButton(task, portal) {
  const isMine = task.state === "accepted";
  return h(
    "button",
    {
      type: "button",
      className: isMine ? "task mine" : "task",
      title: [task.reviewId, task.humanLoopName].filter(Boolean).join(" · "),
      onclick: () => portal.openTask(task.id),
    },
    h("span", { className: "name", dir: "auto" }, taskName(task)),
    h("span", { className: "facts" }, facts(task, isMine)),
    h("span", { className: "go" }, isMine ? "Continue" : "Start"),
  );
}

function facts(task, isMine) {
  const age = `waiting ${inWords(-secondsUntil(task.createdAt))}`;
  if (isMine) return `${age} · ${inWords(secondsUntil(task.acceptedUntil))} left`;
  const left = secondsUntil(task.expiresAt);
  const end = left < SOON_SECONDS ? ` · ends in ${inWords(left)}` : "";
  return `${age} · ${inWords(task.timeLimitSeconds)} to answer${end}`;
}

function emptyList(text, ...buttons) {
  return h(
    "div",
    { className: "empty" },
    h("h2", {}, "Nothing to review"),
    h("p", { className: "quiet" }, text),
    ...buttons,
  );
}
