/**
 * The look, as one constructed style sheet: a strict Content-Security-Policy has nothing against it.
 * `light-dark()` follows the page's own `color-scheme`. Every `--roost-…` variable may be set by the app.
 */
const CSS = `
:host {
  --text: var(--roost-text, light-dark(#1d2026, #eceef2));
  --muted: var(--roost-muted, light-dark(#5b6270, #a3aab8));
  --surface: var(--roost-surface, light-dark(#ffffff, #1e2127));
  --sunken: var(--roost-sunken, light-dark(#f4f5f7, #15171b));
  --border: var(--roost-border, light-dark(#dfe2e8, #363b45));
  --control: var(--roost-control, light-dark(#868d9b, #7d8595));
  --accent: var(--roost-accent, light-dark(#2f5fd0, #8fb0ff));
  --on-accent: var(--roost-on-accent, light-dark(#ffffff, #10182b));
  --danger: var(--roost-danger, light-dark(#b3261e, #ffb4ab));
  --on-danger: var(--roost-on-danger, light-dark(#ffffff, #3b0906));
  --radius: var(--roost-radius, 12px);
  display: block;
  color: var(--text);
  font: var(--roost-font, 400 14px/1.5 system-ui, sans-serif);
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p, h2, h3, ul, dl, dd, pre { margin: 0; }
h2 { font-size: 1.15em; line-height: 1.35; font-weight: 650; text-wrap: balance; }
h3 { font-size: 1em; font-weight: 650; }
ul { padding-inline-start: 1.3em; }
li + li { margin-block-start: .25em; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

.card {
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: var(--radius);
  padding: 20px;
  display: grid;
  gap: 14px;
}
.muted { color: var(--muted); text-wrap: pretty; }
.row { display: flex; flex-wrap: wrap; gap: 10px; }
.links { gap: 6px 20px; }
.end { justify-content: flex-end; }
.note { padding-inline-start: 12px; border-inline-start: 3px solid var(--accent); }
.note.problem { border-color: var(--danger); }
[role=status]:empty, .note:empty { display: none; }

.switch { display: flex; align-items: center; justify-content: space-between; gap: 20px; cursor: pointer; font-weight: 600; }
.switch + .muted { margin-block-start: -8px; padding-inline-end: 64px; }
input[role=switch] {
  appearance: none;
  flex: none;
  inline-size: 44px;
  block-size: 26px;
  margin: 0;
  border-radius: 13px;
  border: 2px solid var(--control);
  background: var(--surface);
  cursor: inherit;
  transition: background-color .15s, border-color .15s;
}
input[role=switch]::before {
  content: '';
  display: block;
  inline-size: 14px;
  block-size: 14px;
  margin: 4px;
  border-radius: 50%;
  background: var(--control);
  transition: translate .15s, background-color .15s;
}
input[role=switch]:checked { background: var(--accent); border-color: var(--accent); }
input[role=switch]:checked::before { background: var(--on-accent); translate: 18px; }
input[role=switch]:dir(rtl):checked::before { translate: -18px; }
input[role=switch]:focus-visible { border-radius: 13px; }
input[role=switch]:disabled { opacity: .5; }
.switch:has(:disabled) { cursor: default; }

button { font: inherit; color: inherit; cursor: pointer; border-radius: 8px; border: 1px solid transparent; padding: 6px 14px; min-block-size: 34px; }
button:focus-visible { border-radius: 8px; }
button.plain { background: transparent; border-color: var(--control); }
button.plain:hover { background: var(--sunken); }
button.primary { background: var(--accent); color: var(--on-accent); font-weight: 600; }
button.danger { background: var(--danger); color: var(--on-danger); font-weight: 600; }
button.primary:hover, button.danger:hover { filter: brightness(1.08); }
button.link { background: none; color: var(--accent); padding: 0; min-block-size: 24px; text-align: start; text-decoration: underline; text-underline-offset: .2em; }
button.link:hover { text-decoration-thickness: 2px; }
button:disabled { opacity: .55; cursor: default; }

summary { cursor: pointer; inline-size: fit-content; }
details > .inside { display: grid; gap: 14px; padding-block-start: 14px; }
hr { border: 0; border-block-start: 1px solid var(--border); margin: 0; inline-size: 100%; }
code, pre { font: 12px/1.5 ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, monospace; }
code { overflow-wrap: anywhere; user-select: all; }

dialog {
  color: inherit;
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: var(--radius);
  padding: 0;
  inline-size: min(600px, calc(100vw - 32px));
  max-block-size: min(80vh, 720px);
  box-shadow: 0 24px 64px rgb(0 0 0 / .3);
  overflow: hidden;
}
dialog[open] { display: flex; flex-direction: column; }
dialog.small { inline-size: min(440px, calc(100vw - 32px)); }
dialog::backdrop { background: rgb(10 12 16 / .5); }
dialog > header, dialog > footer { padding: 16px 20px; display: flex; flex-wrap: wrap; gap: 10px; align-items: center; justify-content: space-between; }
dialog > header { border-block-end: 1px solid var(--border); }
dialog > footer { border-block-start: 1px solid var(--border); }
dialog.small > footer { justify-content: flex-start; flex-direction: row-reverse; }
dialog > .body { padding: 20px; display: grid; gap: 18px; overflow: auto; overscroll-behavior: contain; }
.body section { display: grid; gap: 6px; }

.records { list-style: none; padding: 0; display: grid; gap: 8px; }
.records li { margin: 0; border: 1px solid var(--border); border-radius: 8px; overflow: hidden; }
.records summary { inline-size: auto; padding: 8px 12px; display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; justify-content: space-between; }
.records summary::before { content: '›'; color: var(--muted); transition: rotate .15s; inline-size: .6em; text-align: center; }
.records details:open summary::before { rotate: 90deg; }
.records summary:dir(rtl)::before { content: '‹'; }
.records details:open summary:dir(rtl)::before { rotate: -90deg; }
.records summary:focus-visible { outline-offset: -2px; }
.records .name { font-weight: 600; flex: 1 1 10em; overflow-wrap: anywhere; }
.records .crash .name { color: var(--danger); }
.records time { color: var(--muted); font-size: .92em; font-variant-numeric: tabular-nums; }
.records .json { border-block-start: 1px solid var(--border); background: var(--sunken); padding: 10px 12px; display: grid; gap: 8px; }
pre { direction: ltr; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; max-block-size: 320px; overflow: auto; }
.totals { display: grid; grid-template-columns: 1fr auto; gap: 4px 16px; }
.totals dd { font-variant-numeric: tabular-nums; text-align: end; }

.notice {
  position: fixed;
  z-index: var(--roost-notice-layer, 1000);
  inset-block-end: 20px;
  inset-inline-end: 20px;
  inline-size: min(420px, calc(100vw - 40px));
  box-shadow: 0 12px 40px rgb(0 0 0 / .22);
}
:host([inline]) .notice { position: static; inline-size: auto; box-shadow: none; }

@media (forced-colors: active) {
  input[role=switch]::before { background: ButtonText; }
  input[role=switch]:checked { background: Highlight; forced-color-adjust: none; }
  button { border-color: ButtonText; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Parsed once, shared by all elements of the page. */
export function sharedSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
