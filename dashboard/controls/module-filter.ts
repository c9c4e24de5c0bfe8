/** Narrows crash groups to a native module, by the address; absent as long as there are no native crashes. */
import type { CrashModules } from '../api-types.ts';
import { element, fill } from '../dom.ts';
import { go } from '../navigation.ts';

export function createModuleFilter(): {
  element: HTMLElement;
  /** `chosen` stays on offer also where nothing crashes in it (any more). */
  update(offered: CrashModules['modules'], chosen: string | null): void;
} {
  const choice = element('select', {
    'aria-label': 'Native module',
    class: 'tool',
    onchange: () => go({ module: choice.value || null }),
  });
  return {
    element: choice,
    update(offered, chosen) {
      const names = offered.map(({ module }) => module);
      if (chosen !== null && !names.includes(chosen)) names.unshift(chosen);
      choice.hidden = names.length === 0;
      fill(
        choice,
        element('option', { value: '' }, 'All modules'),
        ...names.map((name) => element('option', { value: name, selected: name === chosen }, name)),
      );
    },
  };
}
