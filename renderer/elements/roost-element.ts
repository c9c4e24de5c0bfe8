/** What both elements share: the bridge, the language, and a shadow root that follows Roost's state. */
import type { RoostBridge, SettingsState } from '../bridge.ts';
import type { Strings } from './strings.ts';
import { sharedSheet } from './styles.ts';
import { chooseTexts, type Texts } from './texts.ts';

/** Lets `/elements` be imported where there is no page (a unit test, rendering on a server): it does nothing there. */
const BaseElement: typeof HTMLElement = globalThis.HTMLElement ?? Object;

/** Draws one state and all later ones into the shadow root. */
export interface View {
  nodes: Node[];
  update(state: SettingsState): void;
}

export abstract class RoostElement extends BaseElement {
  static readonly observedAttributes: readonly string[] = ['app', 'lang', 'privacy-url'];

  #bridge: RoostBridge | undefined;
  #strings: Partial<Strings> = {};
  #stop: (() => void) | undefined;
  #view: View | undefined;
  #state: SettingsState | undefined;

  /** Where Roost is reached. Default: `window.roost`, which the preload puts there. */
  get bridge(): RoostBridge | undefined {
    return this.#bridge ?? window.roost;
  }
  set bridge(bridge: RoostBridge | undefined) {
    this.#bridge = bridge;
    this.#restart();
  }

  /** The app's own texts; what is left out comes from Roost, in English or Spanish. */
  get strings(): Partial<Strings> {
    return this.#strings;
  }
  set strings(strings: Partial<Strings>) {
    this.#strings = strings;
    this.#restart();
  }

  /** The app's name in the texts; the attribute `app`. Default: the page's title. */
  get app(): string {
    return this.getAttribute('app') ?? document.title;
  }
  set app(name: string) {
    this.setAttribute('app', name);
  }

  connectedCallback(): void {
    this.#adoptEarlyProperties();
    this.#start();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#view = undefined;
  }

  attributeChangedCallback(): void {
    this.#restart();
  }

  /** Draws the element. `bridge` is undefined where Roost is not running. */
  protected abstract draw(bridge: RoostBridge | undefined, texts: Texts): View;

  protected get root(): ShadowRoot {
    return this.shadowRoot ?? this.#attachRoot();
  }

  #attachRoot(): ShadowRoot {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sharedSheet()];
    return root;
  }

  #restart(): void {
    if (!this.#view) return; // attributes of parsed HTML come before the element is connected
    this.disconnectedCallback();
    this.#start();
  }

  #start(): void {
    const bridge = this.bridge;
    const texts = chooseTexts({ language: this.#language(), app: this.app, overrides: this.#strings });
    const view = this.draw(bridge, texts);
    this.#view = view;
    this.root.replaceChildren(...view.nodes);
    if (!bridge) {
      warnOnce(
        'Roost: window.roost is missing. Is the preload of @roost-telemetry/electron set on this window?',
      );
      return;
    }
    if (this.#state) view.update(this.#state);
    this.#stop = bridge.onStateChange((state) => this.update(state));
    bridge.getState().then(
      (state) => this.#view === view && this.update(state),
      (error: unknown) => warnOnce(`Roost: the main process did not answer: ${String(error)}`),
    );
  }

  protected update(state: SettingsState): void {
    this.#state = state;
    this.#view?.update(state);
  }

  #language(): string {
    return this.closest('[lang]')?.getAttribute('lang') || navigator.language;
  }

  /** A framework may set properties before the element is defined; they then hide the accessors. */
  #adoptEarlyProperties(): void {
    for (const name of ['app', 'bridge', 'strings'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }
}

const warned = new Set<string>();
function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(message);
}
