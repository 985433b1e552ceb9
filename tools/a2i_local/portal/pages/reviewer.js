/** Who reviews: a name, no password, as this portal runs on the developer's own machine. */
import { h } from "/_a2i/crowd/dom.js";

/** A form that asks for the name and gives it to `enter`. */
export function signIn(enter) {
  const name = h("input", {
    id: "worker",
    name: "worker",
    autocomplete: "username",
    required: true,
  });
  const form = h(
    "form",
    { className: "sign-in" },
    h("h2", {}, "Who is reviewing?"),
    h("label", { htmlFor: "worker" }, "User name or e-mail of a member of the work team"),
    h("div", { className: "row" }, name, h("button", { className: "primary" }, "Continue")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) enter(name.value.trim());
  });
  queueMicrotask(() => name.focus());
  return { element: form };
}

export function reviewerBadge(worker, leave) {
  const place = document.getElementById("reviewer");
  if (!worker) return place.replaceChildren();
  const change = h("button", { type: "button", className: "quiet", onclick: leave }, "Change");
  place.replaceChildren(h("span", {}, worker), change);
}
