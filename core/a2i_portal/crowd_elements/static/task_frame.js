/**
 * The page's side of a task: a sandboxed frame, and the messages that come out of it.
 * The frame's origin is opaque ("null"), so messages are told apart by the window they come from.
 */
import { h } from "./dom.js";

/** Where the hosts of the portal serve objects of S3. */
const OBJECTS = ["/_a2i/s3/", "/object/"];
/** While a key is down the frame that got it stays: browsers wait for it to see the key go up. */
const KEY_PRESS_MS = 200;
/** How long a draft is waited for: a task that was ready answers, though a slow machine takes a while. */
const FLUSH_MS = 3000;
const UNREADY_FLUSH_MS = 300;
const SANDBOX = "allow-scripts allow-forms allow-modals";

export class TaskFrame {
  /**
   * `listeners`: answer(answerContent), and optionally draft(draft), shortcut(code), blocked(uri),
   * ready(). `draft` is restored when the task is ready.
   */
  constructor(url, listeners, draft = null) {
    this.listeners = listeners;
    this.draft = draft;
    this.isReady = false;
    this.flushes = [];
    this.element = h("iframe", { title: "Task" });
    this.element.setAttribute("sandbox", SANDBOX);
    this.element.src = url;
    this.receive = (event) => this.#receive(event);
    window.addEventListener("message", this.receive);
  }

  /** Submits the task's form as its own button would. */
  submit() {
    this.#send("a2i:submit");
  }

  /** The answer was refused: the task can be submitted again. */
  refuse() {
    this.#send("a2i:refused");
  }

  focus() {
    this.element.focus();
  }

  /** Waits for a draft of what was filled in last; not for ever, as the task may not answer. */
  flush() {
    return new Promise((resolve) => {
      this.flushes.push(resolve);
      this.#send("a2i:flush");
      setTimeout(resolve, this.isReady ? FLUSH_MS : UNREADY_FLUSH_MS);
    });
  }

  /** Takes the task from the page: out of sight at once, the frame itself after a key press. */
  close() {
    window.removeEventListener("message", this.receive);
    this.element.hidden = true;
    setTimeout(() => this.element.remove(), KEY_PRESS_MS);
  }

  #receive(event) {
    if (event.source !== this.element.contentWindow || event.origin !== "null") return;
    const { type, ...content } = event.data ?? {};
    if (type === "a2i:ready") this.#ready();
    else if (type === "a2i:answer") this.listeners.answer(content.answerContent);
    else if (type === "a2i:draft") this.listeners.draft?.(content.draft);
    else if (type === "a2i:flushed") for (const flushed of this.flushes.splice(0)) flushed();
    else if (type === "a2i:shortcut") this.#shortcut(String(content.code));
    else if (type === "a2i:link") this.#follow(String(content.href));
    else if (type === "a2i:blocked") this.listeners.blocked?.(String(content.uri));
  }

  /** Most shortcuts lead away from the task, and so take its frame from the page. */
  #shortcut(code) {
    setTimeout(() => this.listeners.shortcut?.(code), KEY_PRESS_MS);
  }

  /** Objects of the review open in a tab of their own; everything else stays where it is. */
  #follow(href) {
    const target = new URL(href, location.href);
    const isHere = target.origin === location.origin;
    const isObject = isHere && OBJECTS.some((path) => target.pathname.startsWith(path));
    if (isObject) window.open(target, "_blank", "noopener");
    else this.listeners.blocked?.(href);
  }

  #ready() {
    this.isReady = true;
    if (this.draft !== null) this.#send("a2i:restore", { draft: this.draft });
    this.listeners.ready?.();
  }

  #send(type, content = {}) {
    // An opaque origin cannot be named; the frame's own policy keeps it on this server.
    this.element.contentWindow?.postMessage({ type, ...content }, "*");
  }
}
