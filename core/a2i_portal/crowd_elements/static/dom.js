/** Builds elements: h("button", { type: "button", onclick: go }, "Go"). */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "part")
      setAttribute(element, name, value);
    else if (value !== undefined && value !== null) element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Replaces the children of `container`; the focus stays at its place among them. */
export function rebuild(container, children) {
  const stops = () => [...container.querySelectorAll("button, select, [tabindex]")];
  const at = stops().indexOf(container.getRootNode().activeElement);
  container.replaceChildren(...children);
  if (at >= 0) stops()[Math.min(at, stops().length - 1)]?.focus();
}

export function sheet(css) {
  const styles = new CSSStyleSheet();
  styles.replaceSync(css);
  return styles;
}

const SVG = "http://www.w3.org/2000/svg";

/** Builds SVG elements; all properties are attributes. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

/** Whether the key that `event` reports would write into a text field. */
export function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=range], [type=button])");
}
