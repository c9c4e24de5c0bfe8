/** Entry `/elements`: importing it defines `<roost-settings>` and `<roost-first-run-notice>`. */
import { RoostFirstRunNotice } from './first-run-notice.ts';
import { RoostSettings } from './settings.ts';

export { english } from './english.ts';
export { spanish } from './spanish.ts';
export type { Plural, Strings } from './strings.ts';
export { RoostFirstRunNotice, RoostSettings };

declare global {
  interface HTMLElementTagNameMap {
    'roost-settings': RoostSettings;
    'roost-first-run-notice': RoostFirstRunNotice;
  }
}

function define(name: string, element: CustomElementConstructor): void {
  if (!globalThis.customElements) return;
  if (customElements.get(name)) {
    console.warn(`Roost: <${name}> is defined already: two copies of @roost-telemetry/electron are loaded.`);
    return;
  }
  customElements.define(name, element);
}

define('roost-settings', RoostSettings);
define('roost-first-run-notice', RoostFirstRunNotice);
