/** The bar above a task: its title, the time left, and buttons for what its flow allows. */
import { h } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";
import { asClock, inWords, secondsUntil } from "./durations.js";
import { taskNames } from "./task_names.js";

const FEW_SECONDS = 60;
/** Seconds before the end at which the reviewer is told. */
const WARNINGS = [300, FEW_SECONDS];
const AT_ONCE = "a2i-next-at-once";

/**
 * `actions`: what the buttons do (list, extend, comment, decline, release), `warn` with words for
 * little time left, and `timeOver`.
 */
export class TaskBar {
  constructor(actions) {
    this.actions = actions;
    this.title = h("h2", {}, "Opening…");
    this.description = h("p", { className: "quiet" });
    this.clock = h("output", { className: "clock", role: "timer", "aria-label": "Time left" });
    this.extension = button("More time", actions.extend, { title: "Alt+M", hidden: true });
    this.commenting = button("Comment", actions.comment, { title: "Alt+C", hidden: true });
    this.declining = button("Decline", actions.decline, { title: "Alt+X", hidden: true });
    this.buttons = h(
      "div",
      { className: "buttons" },
      this.#nextAtOnce(),
      button("Back to the list", actions.list, { title: "Alt+L" }),
      this.extension,
      this.commenting,
      this.declining,
      button("Release", actions.release, { title: "Alt+R" }),
    );
    this.element = h(
      "div",
      { className: "bar" },
      h("div", {}, this.title, this.description),
      this.clock,
      this.buttons,
    );
  }

  /** The task as the portal last told it. */
  show(task) {
    this.task = task;
    const { decline, extend, flag } = task.allows;
    this.title.textContent = task.title;
    this.description.textContent = `${taskNames(task)} · ${task.description}`;
    this.commenting.hidden = !flag;
    this.declining.hidden = !decline;
    this.extension.hidden = !extend;
    if (extend) this.extension.textContent = `${inWords(extend.seconds)} more`;
    this.ticking ??= setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** Stops the clock. */
  stop() {
    clearInterval(this.ticking);
  }

  /** Leaves the title alone. */
  end() {
    this.stop();
    this.clock.hidden = this.buttons.hidden = true;
  }

  #tick() {
    const left = secondsUntil(this.task.acceptedUntil);
    this.clock.textContent = asClock(left);
    this.clock.classList.toggle("short", left < FEW_SECONDS);
    if (WARNINGS.some((seconds) => left <= seconds && this.left > seconds)) this.#warn(left);
    this.left = left;
    if (left <= 0) this.actions.timeOver();
  }

  #warn(left) {
    const { extend } = this.task.allows;
    const more = extend ? ` Alt+M gives you ${inWords(extend.seconds)} more.` : "";
    const rest = inWords(Math.ceil(left / 60) * 60);
    this.actions.warn(`Less than ${rest} left for this task.${more}`);
  }

  #nextAtOnce() {
    this.atOnce = h("input", {
      type: "checkbox",
      checked: localStorage.getItem(AT_ONCE) === "yes",
      onchange: () => localStorage.setItem(AT_ONCE, this.atOnce.checked ? "yes" : "no"),
    });
    return h("label", { title: "Alt+N" }, this.atOnce, "Next at once");
  }
}
