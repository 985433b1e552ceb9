/** The reviewer's own numbers and last answers, to be read. */
import { h } from "/_a2i/crowd/dom.js";
import { button } from "./conclusion.js";
import { inWords, secondsUntil } from "./durations.js";
import { taskName } from "./task_names.js";
import { undoButton } from "./undo.js";

export class AnswersView {
  constructor(portal) {
    this.portal = portal;
    this.numbers = h("p", { className: "quiet" });
    this.answers = h("div", { className: "tasks" }, h("p", { className: "quiet" }, "Loading…"));
    const list = button("Back to the list", () => portal.openList());
    const head = h("div", { className: "list-head" }, h("h2", {}, "My last answers"), list);
    this.element = h("div", { className: "list" }, head, this.numbers, this.answers);
    this.#load();
  }

  close() {
    this.isClosed = true;
  }

  onKey(event) {
    if (event.altKey && event.code === "KeyL") this.portal.openList();
  }

  async #load() {
    try {
      const [me, { answers }] = await Promise.all([
        this.portal.api.me(),
        this.portal.api.answers(),
      ]);
      if (!this.isClosed) this.#show(me, answers);
    } catch (error) {
      if (!this.isClosed) this.#fail(error);
    }
  }

  #show(me, answers) {
    this.numbers.textContent = numbersInWords(me);
    const rows = answers.map((answer) => h("li", {}, this.#answer(answer)));
    const none = "There is none that its flow lets you read.";
    this.answers.replaceChildren(
      rows.length > 0 ? h("ul", {}, ...rows) : h("p", { className: "quiet" }, none),
    );
  }

  #answer(answer) {
    const content = h("div", { className: "answer" });
    const { undo } = answer.allows;
    const details = h(
      "details",
      { ontoggle: () => details.open && this.#read(answer.id, content) },
      h(
        "summary",
        {},
        h("span", { className: "name" }, `${taskName(answer)} · ${answer.title}`),
        h("span", { className: "facts" }, `${inWords(-secondsUntil(answer.submittedAt))} ago`),
      ),
      undo ? undoButton(undo.until, () => this.#undo(answer.id)) : null,
      content,
    );
    return details;
  }

  async #read(id, content) {
    try {
      const { answerContent } = await this.portal.api.answer(id);
      content.replaceChildren(fieldList(answerContent));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #undo(id) {
    try {
      await this.portal.api.undo(id);
    } catch (error) {
      return this.#fail(error);
    }
    return this.portal.openTask(id, "Your answer is taken back: it is not sent until you submit it.");
  }

  #fail(error) {
    if (error.isOut) this.portal.leave(error.message);
    else this.portal.tell(error.message, "problem");
  }
}

function numbersInWords({ answeredToday, answeredLast7Days, medianSeconds, agreement }) {
  const parts = [`${answeredToday} today, ${answeredLast7Days} in seven days`];
  if (medianSeconds !== null) parts.push(`half of them within ${briefly(medianSeconds)}`);
  if (agreement !== null) parts.push(`${Math.round(agreement * 100)} % as other reviewers`);
  return `Answered: ${parts.join(" · ")}`;
}

function briefly(seconds) {
  return seconds < 60 ? `${Math.round(seconds)} s` : inWords(seconds);
}

function fieldList(content) {
  const fields = fieldsOf(content).flatMap(([name, value]) => [
    h("dt", {}, name),
    h("dd", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2)),
  ]);
  return h("dl", {}, ...fields);
}

/** Names and values; what lies deeper, such as the label of a classifier, by all its names. */
function fieldsOf(content) {
  return Object.entries(content).flatMap(([name, value]) => {
    if (value === null || Array.isArray(value) || typeof value !== "object") return [[name, value]];
    return fieldsOf(value).map(([inner, deeper]) => [`${name} · ${inner}`, deeper]);
  });
}
