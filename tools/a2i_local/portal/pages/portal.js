/** The portal's page: who reviews, which view is shown, what a key does. */
import { isTyping } from "/_a2i/crowd/dom.js";
import { PortalApi } from "./api.js";
import { readPlace, writePlace } from "./place.js";
import { reviewerBadge, signIn } from "./reviewer.js";
import { TaskListView } from "./task_list.js";
import { TaskView } from "./task_view.js";

const main = document.getElementById("view");
const notice = document.getElementById("notice");
const help = document.getElementById("help");
let view = null;

function show(next) {
  view?.close?.();
  view = next;
  main.replaceChildren(next.element);
}

function tell(text, kind = "info") {
  notice.textContent = text;
  notice.className = text ? kind : "";
}

/** Shows what the address names; everything that navigates goes through here. */
function open(place, message = "", kind = "info") {
  writePlace(place);
  tell(message, kind);
  reviewerBadge(place.worker, () => open({}));
  if (!place.worker) return show(signIn((worker) => open({ worker })));
  const portal = {
    api: new PortalApi(place.worker),
    worker: place.worker,
    tell,
    openList: (text, textKind) => open({ worker: place.worker }, text, textKind),
    openTask: (task) => open({ worker: place.worker, task }),
    signOut: (text) => open({}, text, "problem"),
  };
  show(place.task ? new TaskView(portal, place.task) : new TaskListView(portal));
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || help.open || event.metaKey) return;
  if (event.key === "?") help.showModal();
  else view?.onKey?.(event);
});
window.addEventListener("popstate", () => open(readPlace()));

open(readPlace());
