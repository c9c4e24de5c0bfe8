/** What is known of a crash below JavaScript: why, where, and by which modules it got there. */
import { isOwnModule, parseModuleFrame, type ModuleFrame } from '../../lib/record/stack-frames.ts';
import type { StoredCrash } from '../api-types.ts';
import { element } from '../dom.ts';
import { currentView } from '../navigation.ts';
import { facts } from './facts.ts';
import { pageLink } from './page-link.ts';
import { drawTable, scrollBox, tableRow, textCell } from './table.ts';

/** `context.native` of a `native_crash`, as the library makes it; anybody may send something else. */
export interface NativeContext {
  exception?: unknown;
  code?: unknown;
  address?: unknown;
  module?: unknown;
  offset?: unknown;
  cpu?: unknown;
  system?: unknown;
  modules?: unknown;
  modules_total?: unknown;
  problems?: unknown;
}

interface Module {
  name: string;
  buildId: string | null;
  version: string | null;
}

/** Null where the crash has no such context. */
export function nativeContextOf({ crash_type, context }: StoredCrash): NativeContext | null {
  const native = context?.native;
  return crash_type === 'native_crash' && typeof native === 'object' && native !== null ? native : null;
}

/** Reason, place and process in words. */
export function nativeFacts(native: NativeContext, processType: unknown): HTMLElement {
  const reason = text(native.exception);
  const code = text(native.code);
  const place = [text(native.module), text(native.offset)].filter(Boolean).join(' + ');
  return facts([
    ['Reason', reason && `${reason}${code ? ` (${code})` : ''}`],
    ...(MEANINGS[reason] ? [['Which means', MEANINGS[reason]] as [string, string]] : []),
    ['Address', ADDRESSES[text(native.address)] ?? 'none was accessed'],
    ['Module', place],
    ['Process', text(processType)],
    ['Processor', text(native.cpu)],
    ['System of the process', text(native.system)],
  ]);
}

const ADDRESSES: Record<string, string> = {
  null: 'null',
  near_null: 'near null (below 64 KiB)',
  other: 'neither null nor near it',
};

const NO_ACCESS = 'memory was accessed that may not be';
const GAVE_UP = 'the code stopped itself, as after a failed check';
const MEANINGS: Record<string, string> = {
  SIGSEGV: NO_ACCESS,
  SIGBUS: NO_ACCESS,
  EXC_BAD_ACCESS: NO_ACCESS,
  EXCEPTION_ACCESS_VIOLATION: NO_ACCESS,
  EXCEPTION_IN_PAGE_ERROR: 'memory could not be read from the disk',
  SIGTRAP: GAVE_UP,
  SIGABRT: GAVE_UP,
  EXC_BREAKPOINT: GAVE_UP,
  EXC_CRASH: GAVE_UP,
  EXCEPTION_BREAKPOINT: GAVE_UP,
  STATUS_ASSERTION_FAILURE: GAVE_UP,
  SIGILL: 'an instruction that the processor does not know',
  EXC_BAD_INSTRUCTION: 'an instruction that the processor does not know',
  EXCEPTION_ILLEGAL_INSTRUCTION: 'an instruction that the processor does not know',
  SIGFPE: 'arithmetic without a result, as a division by zero',
  EXC_ARITHMETIC: 'arithmetic without a result, as a division by zero',
  EXCEPTION_INT_DIVIDE_BY_ZERO: 'arithmetic without a result, as a division by zero',
  EXCEPTION_STACK_OVERFLOW: 'the stack was full, as after endless recursion',
  STATUS_HEAP_CORRUPTION: 'the heap was damaged before',
  STATUS_STACK_BUFFER_OVERRUN: GAVE_UP,
  OUT_OF_MEMORY: 'there was no more memory',
};

/** Frames with the build ids by which symbols are found; null where the stack holds none. */
export function nativeFrames(stack: string | null, native: NativeContext): HTMLElement | null {
  const frames = (stack ?? '')
    .split('\n')
    .map(parseModuleFrame)
    .filter((frame) => frame !== null);
  if (frames.length === 0) return null;
  const modules = new Map(modulesOf(native).map((module) => [module.name, module]));
  const table = element('table', { class: 'native-frames' });
  drawTable(
    table,
    'Frames, the newest first',
    [{ label: '#' }, { label: 'Module' }, { label: 'Offset' }, { label: 'Part of' }, { label: 'Build id' }],
    frames.map((frame, index) => frameRow(frame, index, modules.get(frame.module))),
  );
  return scrollBox('Frames', table);
}

function frameRow(
  { module, offset, remark }: ModuleFrame,
  index: number,
  known: Module | undefined,
): HTMLTableRowElement {
  const own = isOwnModule(module);
  const row = tableRow(
    String(index + 1),
    element('td', {}, moduleLink(module), remark && element('span', { class: 'note' }, ` ${remark}`)),
    element('td', { class: 'code' }, offset),
    textCell(own ? 'the app' : 'Electron or system'),
    element('td', { class: 'code' }, known?.buildId ?? '–'),
  );
  row.className = own ? 'own' : 'foreign';
  return row;
}

/** To the groups that crashed in it. */
function moduleLink(module: string): HTMLElement {
  const link = pageLink(module, { ...currentView(), page: 'crashes', item: null, module });
  link.title = `All crashes with a frame in ${module}`;
  return link;
}

/** What was loaded, folded away; null where it is not told. */
export function nativeModules(native: NativeContext): HTMLElement | null {
  const modules = modulesOf(native);
  if (modules.length === 0) return null;
  const total = Math.max(modules.length, Number(native.modules_total) || 0);
  const table = element('table');
  drawTable(
    table,
    'Modules',
    [{ label: 'Module' }, { label: 'Version' }, { label: 'Build id' }],
    modules.map(({ name, version, buildId }) =>
      tableRow(name, textCell(version), element('td', { class: 'code' }, buildId ?? '–')),
    ),
  );
  const told = total > modules.length ? `${modules.length} of ${total}` : String(total);
  return element(
    'details',
    { class: 'native-modules' },
    element('summary', {}, `Loaded modules (${told})`),
    scrollBox('Loaded modules', table),
  );
}

/** What could not be read of the dump; null where all could. */
export function nativeProblems({ problems }: NativeContext): HTMLElement | null {
  const told = (Array.isArray(problems) ? problems : []).map(text).filter(Boolean);
  return told.length === 0
    ? null
    : element('p', { class: 'note' }, `The dump was damaged: ${told.join('; ')}.`);
}

function modulesOf({ modules }: NativeContext): Module[] {
  return (Array.isArray(modules) ? modules : []).flatMap((module: unknown) => {
    const { name, build_id, version } = (module ?? {}) as Record<string, unknown>;
    return typeof name === 'string'
      ? [{ name, buildId: text(build_id) || null, version: text(version).replace(/^v(?=\d)/, '') || null }]
      : [];
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
