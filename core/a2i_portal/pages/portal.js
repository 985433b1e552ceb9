/** The portal's page: who reviews, which view is shown, what a key does. */
import { isTyping } from "/_a2i/crowd/dom.js";
import { AnswersView } from "./answers_view.js";
import { PortalApi } from "./api.js";
import { setNow } from "./durations.js";
import { host } from "./host.js";
import { readPlace, writePlace } from "./place.js";
import { reviewerBadge } from "./reviewer.js";
import { TaskListView } from "./task_list.js";
import { TaskView } from "./task_view.js";

const main = document.getElementById("view");
const notice = document.getElementById("notice");
const help = document.getElementById("help");
const RETRY_MS = 4000;
const ANSWERS = "answers";
let view = null;
let navigations = 0;

function show(next) {
  view?.close?.();
  view = next;
  main.replaceChildren(next.element);
  next.opened?.();
}

/** `message`: a text, or a list of texts and elements. */
function tell(message, kind = "info") {
  notice.replaceChildren(...[message].flat().filter(Boolean));
  notice.className = message ? kind : "";
}

/** Shows what the address names; everything that navigates goes through here. */
async function open(place, message = "", kind = "info") {
  const navigation = ++navigations;
  const asked = host
    .session()
    .catch((error) => ({ problem: error.message, isUnreachable: true }));
  const left = Promise.resolve(view?.leave?.()).then(() => host.keepDrafts());
  const [ways] = await Promise.all([asked, left]);
  if (navigation !== navigations) return undefined; // a later one has overtaken it
  if (ways.isUnreachable) setTimeout(() => navigation === navigations && open(place), RETRY_MS);
  if (ways.now) setNow(ways.now);
  const named = ways.signInRequired ? "" : (place.worker ?? "");
  writePlace({ worker: named, task: place.task, view: place.view });
  tell(message || ways.problem || "", message ? kind : "problem");
  const name = named || ways.name;
  reviewerBadge(name, named ? "Change" : "Sign out", () => leave(named));
  if (!name) return show(askWho(place, ways));
  const portal = {
    api: new PortalApi(named),
    worker: name,
    tell,
    showKeys: () => help.showModal(),
    scrollUp: () => main.scrollTo(0, 0),
    openList: (text, textKind) => open({ worker: named }, text, textKind),
    openAnswers: () => open({ worker: named, view: ANSWERS }),
    openTask: (task, text) => open({ worker: named, task }, text),
    leave: (text, next) => leave(named, next, text, "problem"),
  };
  if (place.task) return show(new TaskView(portal, place.task));
  return show(place.view === ANSWERS ? new AnswersView(portal) : new TaskListView(portal));
}

/**
 * After signing in, the task that the address names is opened. `otherTask` is one that another
 * reviewer may open.
 */
function askWho({ task, otherTask = task }, ways) {
  return host.signInView(ways, {
    otherTask,
    signedIn: () => open({ task }),
    named: (worker) => open({ worker, task }),
  });
}

async function leave(named, place = {}, message = "", kind = "info") {
  if (!named) await host.signOut(message !== "").catch(() => {});
  return open(place, message, kind);
}

document.getElementById("keys").addEventListener("click", () => help.showModal());
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || document.querySelector("dialog[open]") || event.metaKey) return;
  if (event.key === "?") help.showModal();
  else view?.onKey?.(event);
});
window.addEventListener("popstate", () => open(readPlace()));

open(readPlace());
