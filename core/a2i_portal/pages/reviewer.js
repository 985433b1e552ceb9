/** Who reviews, in the corner of the page. */
import { h } from "/_a2i/crowd/dom.js";

export function reviewerBadge(name, leaveLabel, leave) {
  const place = document.getElementById("reviewer");
  if (!name) return place.replaceChildren();
  const button = h("button", { type: "button", className: "quiet", onclick: leave }, leaveLabel);
  return place.replaceChildren(h("span", { className: "name", title: name }, name), button);
}
