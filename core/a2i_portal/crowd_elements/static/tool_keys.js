/** Keys of the tools: they work wherever the focus is, as long as nobody is writing. */
import { isTyping } from "./dom.js";

/** The keys of labels and categories, in their order; the letters that are missing belong to tools. */
export const LABEL_KEYS = "123456789qwtyuopsdfgjklzxcvnm";

const tools = new Set();

/**
 * Calls `handle(event)` for the keys that are meant for `element`: those pressed within it, and
 * those pressed elsewhere while it is the only tool of the page. Returns nothing; ends with the page.
 */
export function onToolKey(element, handle) {
  tools.add(element);
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.altKey || event.defaultPrevented || !element.isConnected) return;
    const isInside = event.composedPath().includes(element);
    const others = [...tools].filter((tool) => tool !== element && tool.isConnected);
    if (isInside || others.length === 0) handle(event);
  });
}

/** The place of the label whose key was pressed, or -1. */
export function labelOfKey(event) {
  return event.ctrlKey || event.metaKey ? -1 : LABEL_KEYS.indexOf(event.key.toLowerCase());
}
