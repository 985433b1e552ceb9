/** A button that takes the last answer back, with the time for it; it goes when that is over. */
import { h } from "/_a2i/crowd/dom.js";
import { asClock, secondsUntil } from "./durations.js";

export function undoButton(until, undo) {
  // Screen readers are told of the button, and not of each second.
  const clock = h("span", { className: "left", "aria-hidden": "true" });
  const button = h("button", { type: "button", className: "undo", onclick: take }, "Undo ", clock);
  const ticking = setInterval(tick, 1000);
  tick();
  return button;

  function tick() {
    const left = secondsUntil(until);
    clock.textContent = `(${asClock(left)})`;
    if (left <= 0) end();
  }

  function take() {
    end();
    undo();
  }

  function end() {
    clearInterval(ticking);
    button.remove();
  }
}
