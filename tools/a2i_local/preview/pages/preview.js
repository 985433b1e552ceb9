/** The preview's page: the task in its frame, the checks, and the answer as A2I would store it. */
import { h } from "/_a2i/crowd/dom.js";
import { TaskFrame } from "/_a2i/crowd/task_frame.js";

const BANNERS = {
  offline:
    "Offline stand-in: looks differ from AWS, answers have the same shape. Nothing leaves this machine.",
  cdn: "Amazon's own elements, loaded from the internet: what Submit shows is up to them.",
};
const task = document.getElementById("task");
const BLOCKED = document.getElementById("blocked");
let frame = null;
let changes = 0;

/** Opens the task anew; what was filled in survives a change of the file where it still fits. */
async function openTask(change) {
  await frame?.flush();
  if (change !== changes) return; // a later one has overtaken it
  frame?.close();
  const openedAt = new Date().toISOString();
  BLOCKED.hidden = true;
  BLOCKED.querySelector("ul").replaceChildren();
  frame = new TaskFrame(
    "/task",
    { answer: (answer) => showAnswer(answer, openedAt), draft: keep, blocked: showBlocked },
    kept,
  );
  task.replaceChildren(frame.element);
}

function showBlocked(uri) {
  const list = BLOCKED.querySelector("ul");
  BLOCKED.hidden = false;
  if ([...list.children].every((item) => item.textContent !== uri)) list.append(h("li", {}, uri));
}

let kept = null;
function keep(draft) {
  kept = draft;
}

async function showAnswer(answerContent, openedAt) {
  const response = await fetch("/answer", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ answerContent, openedAt }),
  });
  const place = document.getElementById("answer");
  place.textContent = JSON.stringify(await response.json(), null, 2);
  place.hidden = false;
  document.getElementById("waiting").hidden = true;
  frame.refuse();
}

async function showState(change) {
  const state = await fetch("/state").then((response) => response.json(), () => null);
  if (state === null || change !== changes) return;
  const { file, cdn, findings } = state;
  document.getElementById("file").textContent = file;
  document.title = `Preview of ${file}`;
  document.getElementById("banner").textContent = cdn ? BANNERS.cdn : BANNERS.offline;
  const rows = findings.map(({ severity, rule, message, line }) =>
    h(
      "li",
      { className: severity.toLowerCase() },
      h("strong", {}, `line ${line}, ${rule}: `),
      message,
    ),
  );
  document
    .getElementById("findings")
    .replaceChildren(...(rows.length > 0 ? rows : [h("li", {}, "Nothing found.")]));
}

// The first one comes when the files are watched: what changes while the page opens is seen, too.
new EventSource("/changes").addEventListener("message", () => {
  changes += 1;
  openTask(changes);
  showState(changes);
});
