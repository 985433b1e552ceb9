/** Entry point: what a template loads instead of Amazon's crowd-html-elements.js. */
import "./alert.js";
import "./button.js";
import "./choice.js";
import "./classifier.js";
import "./document_tool.js";
import "./entity_annotation.js";
import "./form.js";
import "./instructions.js";
import "./layout.js";
import "./segmentation.js";
import "./shape_tool.js";
import "./slider.js";
import "./text.js";
import { keepDraft } from "./draft.js";
import { isTyping } from "./dom.js";
import { AnswerElement } from "./element.js";
import { showTaskNote } from "./task_note.js";
import { onPageMessage, post } from "./task_messages.js";
import { pageTheme } from "./theme.js";

document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageTheme];

/** Some of AWS's own templates are one widget without a crowd-form; the widget brings its own there. */
function ensureForm() {
  if (document.querySelector("crowd-form")) return;
  const widget = [...document.querySelectorAll("*")].find(
    (element) => element instanceof AnswerElement,
  );
  if (!widget) return;
  const form = document.createElement("crowd-form");
  widget.replaceWith(form);
  form.append(widget);
}

function followPage() {
  onPageMessage((message) => {
    const form = document.querySelector("crowd-form");
    if (message.type === "a2i:submit") form?.submit();
    if (message.type === "a2i:refused" && form) form.isSending = false;
  });
}

function forwardShortcuts() {
  document.addEventListener("keydown", (event) => {
    const isControl = event.ctrlKey || event.metaKey;
    const isFree = !isControl && !event.altKey && !event.defaultPrevented && !isTyping(event);
    if (event.key === "Enter" && (isControl || (isFree && isChosen(event))))
      document.querySelector("crowd-form")?.submit();
    else if (event.altKey && !isControl) post("a2i:shortcut", { code: event.code });
    else if (event.key === "?" && isFree) post("a2i:shortcut", { code: "?" });
  });
}

/** Enter alone submits where it means nothing else: on a choice, or where nothing has the focus. */
function isChosen(event) {
  const target = event.composedPath()[0];
  return target === document.body || target.matches?.("input[type=radio], input[type=checkbox]");
}

/** Templates are fragments without a head: screen readers need a language and a name of the page. */
function nameDocument() {
  const root = document.documentElement;
  if (!root.lang) root.lang = "en";
  if (document.title) return;
  const heading = document.querySelector("[header], h1, h2");
  document.title = heading?.getAttribute("header") || heading?.textContent.trim() || "Task";
}

/** Templates with colours of their own were written for a light page; they can say otherwise. */
function chooseColors() {
  const hasMeta = document.querySelector("meta[name=color-scheme]") !== null;
  const hasOwn = document.querySelector("style, [style], [bgcolor], link[rel~=stylesheet]") !== null;
  if (!hasMeta) document.documentElement.style.colorScheme = hasOwn ? "light" : "light dark";
}

/** The sandbox opens no windows: the page decides about links that lead out of the task. */
function forwardLinks() {
  document.addEventListener("click", (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link?.href || link.getAttribute("href").startsWith("#") || event.defaultPrevented) return;
    event.preventDefault();
    post("a2i:link", { href: link.href });
  });
}

/** Buffered reports, as most requests are blocked while the page loads, before this module runs. */
function reportBlockedRequests() {
  if (!("ReportingObserver" in window)) return;
  const report = (reports) => {
    for (const { body } of reports) post("a2i:blocked", { uri: body.blockedURL });
  };
  new ReportingObserver(report, { types: ["csp-violation"], buffered: true }).observe();
}

function announceReady() {
  document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
  post("a2i:ready");
}

nameDocument();
chooseColors();
ensureForm();
showTaskNote();
keepDraft();
followPage();
forwardShortcuts();
forwardLinks();
reportBlockedRequests();
// After the elements' own start, and after the listeners that inline scripts add on DOMContentLoaded.
document.addEventListener("DOMContentLoaded", () => setTimeout(announceReady));
