/** The look all elements share. Template authors can set the custom properties on :root. */
import { sheet } from "./dom.js";

export const theme = sheet(`
  :host {
    --ink: var(--a2i-ink, light-dark(#1c2733, #e4eaf0));
    --muted: var(--a2i-muted, light-dark(#566573, #a4b1be));
    --line: var(--a2i-line, light-dark(#d5dde5, #37434f));
    --strong-line: var(--a2i-strong-line, light-dark(#8393a3, #74869a));
    --surface: var(--a2i-surface, light-dark(#ffffff, #1a222b));
    --soft: var(--a2i-soft, light-dark(#f4f7fa, #232d38));
    --accent: var(--a2i-accent, light-dark(#20639b, #6db3f2));
    --on-accent: light-dark(#ffffff, #10202f);
    --accent-soft: var(--a2i-accent-soft, light-dark(#e6f0f8, #1d3b57));
    --danger: var(--a2i-danger, light-dark(#a4262c, #ff9a97));
    --radius: 8px;
    display: block;
    box-sizing: border-box;
    color: var(--ink);
    font: inherit;
  }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  h2 { margin: 0 0 .75rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; }
  button {
    font: inherit; color: var(--ink); background: var(--surface);
    border: 1px solid var(--strong-line); border-radius: var(--radius);
    padding: .45rem .9rem; cursor: pointer;
  }
  button:hover:not(:disabled) { background: var(--soft); border-color: var(--ink); }
  button:disabled { opacity: .5; cursor: not-allowed; }
  button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 600; }
  button.primary:hover:not(:disabled) { filter: brightness(.88); }
  button.link {
    color: var(--accent); background: none; border-color: transparent; padding: .2rem 0;
    text-decoration: underline; text-underline-offset: .2em;
  }
  input:not([type=radio], [type=checkbox], [type=range]), textarea, select {
    font: inherit; color: inherit; background: var(--surface); width: 100%;
    border: 1px solid var(--strong-line); border-radius: var(--radius); padding: .5rem .65rem;
  }
  textarea { resize: vertical; line-height: 1.45; }
  input[type=radio], input[type=checkbox] { width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--accent); flex: none; }
  input[aria-invalid=true], textarea[aria-invalid=true] { border-color: var(--danger); }
  .label { display: block; margin-bottom: .3rem; font-weight: 600; }
  .problem { color: var(--danger); margin: .35rem 0 0; font-size: .92rem; }
  .problem:empty { display: none; }
  .hint { color: var(--muted); font-size: .88rem; margin: .35rem 0 0; }
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap; border: 0;
  }
  kbd {
    font: 600 .78rem/1 ui-monospace, monospace; color: var(--muted); background: var(--soft);
    border: 1px solid var(--line); border-radius: 4px; padding: .15rem .35rem;
  }
  dialog {
    color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem;
    max-width: min(46rem, 92vw); max-height: 86vh; overflow: auto; box-shadow: 0 18px 50px #1c273340;
  }
  dialog::backdrop { background: #1c273366; }
`);

/** For the page itself: weak on purpose, so that any rule of the template wins. */
export const pageTheme = sheet(`
  :where(body) { margin: 1.25rem; color: light-dark(#1c2733, #e4eaf0); background: light-dark(#fff, #1a222b); font: 16px/1.5 system-ui, sans-serif; }
  :where(crowd-form *) { box-sizing: border-box; }
  :where(crowd-form) :where(input, select, textarea, button) { font: inherit; }
  :where(crowd-form) :where(crowd-input, crowd-text-area, crowd-slider) { margin-block: .9rem; }
  :where(crowd-form) :where(crowd-input, crowd-text-area) { max-width: 48rem; }
  :where(h1) { font-size: 1.4rem; line-height: 1.3; margin: .8rem 0; }
  :where(h2) { font-size: 1.15rem; line-height: 1.3; margin: 1.4rem 0 .4rem; }
  :where(h3) { font-size: 1rem; margin: 1.4rem 0 .3rem; }
  :where(crowd-form img) { max-width: 100%; }
  :where(classification-target, short-instructions, full-instructions) { display: block; }
  :where(classification-target, short-instructions, full-instructions) > :where(:first-child) { margin-top: 0; }
  :where(classification-target, short-instructions, full-instructions) > :where(:last-child) { margin-bottom: 0; }
  :where(crowd-button[form-action=submit]) { margin-top: 1.25rem; }
  @media (max-width: 30rem), (max-height: 30rem) { :where(body) { margin: .7rem; } }
  crowd-button[data-added] {
    display: block; position: sticky; bottom: 0; z-index: 1; padding: .6rem 0; background: light-dark(#fff, #1a222b);
    border-top: 1px solid light-dark(#d5dde5, #37434f);
  }
`);
