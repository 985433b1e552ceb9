/** What is above the list of tasks: search, flow, order, and how many of them there are. */
import { h } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";

const KEPT = "a2i-list";
const ORDERS = {
  oldest: "Oldest first",
  newest: "Newest first",
  ending: "Least time left first",
};
const TYPING_MS = 300;

export class ListControls {
  /** `changed()` is called when something else is asked for, `openAnswers()` for one's own. */
  constructor(changed, openAnswers) {
    this.changed = changed;
    this.kept = readKept();
    this.flows = new Set(this.kept.flow ? [this.kept.flow] : []);
    this.search = h("input", {
      type: "search",
      placeholder: "Search",
      "aria-label": "Search reviews",
      title: "Review, title, flow or human loop (key /)",
      maxLength: 200,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#searchKey(event),
    });
    this.flow = h("select", { "aria-label": "Flow", onchange: () => this.#chosen() });
    this.order = h(
      "select",
      { "aria-label": "Order", onchange: () => this.#chosen() },
      ...Object.entries(ORDERS).map(([value, label]) => option(value, label, this.kept.order)),
    );
    this.count = h("p", { className: "count", role: "status" });
    this.progress = h("span");
    this.answers = button("My last answers", openAnswers, { className: "quiet", hidden: true });
    this.element = h(
      "div",
      { className: "list-head" },
      h("div", { className: "controls" }, this.search, this.flow, this.order),
      this.count,
      h("p", { className: "progress" }, this.progress, this.answers),
    );
    this.#showFlows();
  }

  /** What the server is asked for. */
  get asked() {
    return { search: this.#searched, flow: this.kept.flow, order: askedOrder() };
  }

  get isNarrow() {
    return Boolean(this.#searched || this.kept.flow);
  }

  get isSearch() {
    return Boolean(this.#searched);
  }

  get isByEnd() {
    return this.kept.order === "ending";
  }

  close() {
    clearTimeout(this.typing);
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }

  /** Everything that waits, again. */
  widen() {
    this.search.value = "";
    this.#keep({ ...this.kept, flow: "" });
    this.#showFlows();
    this.changed();
  }

  /** Adds the flows of tasks to those to choose from. */
  addFlows(tasks) {
    const known = this.flows.size;
    for (const task of tasks) this.flows.add(task.flow);
    if (this.flows.size > known) this.#showFlows();
  }

  /** `first`: place in the list of the first task shown; `isCut`: newer tasks are in no order. */
  tell({ first, shown, waiting, hasMore, isCut, me }) {
    this.count.textContent = countInWords(first, shown, waiting, hasMore, this.isNarrow);
    if (isCut) this.count.textContent += "; this order has the 2,000 oldest alone";
    const { answeredToday, answeredLast7Days } = me;
    this.progress.textContent =
      answeredToday > 0 ? `You answered ${number(answeredToday)} today` : "";
    this.answers.hidden = answeredLast7Days === undefined; // Amazon A2I shows no past answers
  }

  get #searched() {
    return this.search.value.trim();
  }

  #typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(this.changed, TYPING_MS);
  }

  #searchKey(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (this.search.value === "") this.search.blur();
    this.search.value = "";
    this.#typed();
  }

  #chosen() {
    this.#keep({ flow: this.flow.value, order: this.order.value });
    this.changed();
  }

  #keep(kept) {
    this.kept = kept;
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }

  #showFlows() {
    const names = [...this.flows].sort();
    this.flow.hidden = names.length < 2 && !this.kept.flow;
    this.flow.replaceChildren(
      option("", "All flows", this.kept.flow),
      ...names.map((name) => option(name, name, this.kept.flow)),
    );
  }
}

/** Flow and order last chosen in this tab. */
export function readKept() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  return { flow: kept.flow ?? "", order: kept.order in ORDERS ? kept.order : "oldest" };
}

/** The order last chosen, as the server is asked for it. */
export function askedOrder() {
  const { order } = readKept();
  return order === "oldest" ? "" : order;
}

function option(value, label, chosen) {
  return h("option", { value, selected: value === chosen }, label);
}

function countInWords(first, shown, waiting, hasMore, isNarrow) {
  if (isNarrow && first === 1) return `${number(shown)} found${hasMore ? " so far" : ""}`;
  if (first === 1 && !hasMore) return shown === 1 ? "1 task" : `${number(shown)} tasks`;
  const range = `${number(first)} to ${number(first + shown - 1)}`;
  return waiting ? `${range} of ${number(waiting)} waiting` : range;
}

function number(value) {
  return value.toLocaleString("en");
}
