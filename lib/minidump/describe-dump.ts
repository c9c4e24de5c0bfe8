/** A dump's report as it travels: names, numbers and offsets, nothing of the memory. */
import type { CrashContext } from '../record/crash.ts';
import type { Module } from './modules.ts';
import type { DumpReport } from './read-minidump.ts';
import type { NativeFrame } from './walk-stack.ts';

export interface DescribedDump {
  error_message: string;
  stack_trace: string | null;
  /** Under `native` in the crash's context. File versions start with a v: redaction takes bare ones for IP addresses. */
  native: CrashContext;
}

/** With the names of frames first, so that a context that must be cut loses the least. About 90 bytes each. */
const MAX_MODULES = 200;
const MAX_PROBLEMS = 10;

export function describeDump({ exception, frames, modules, system, problems }: DumpReport): DescribedDump {
  const place = exception?.module ? ` at ${exception.module}+${hex(exception.offset ?? 0n)}` : '';
  const address = exception?.addressClass ? ` (${ADDRESS_WORDS[exception.addressClass]})` : '';
  return {
    error_message: exception
      ? `${exception.name}${place}${address}`
      : 'Native crash: the dump tells no exception',
    stack_trace: frames.length === 0 ? null : frames.map(asLine).join('\n'),
    native: {
      exception: exception?.name ?? null,
      code: exception ? `0x${exception.code.toString(16)}` : null,
      address: exception?.addressClass ?? null,
      module: exception?.module ?? null,
      offset: exception?.offset === null || !exception ? null : hex(exception.offset),
      cpu: system.cpu,
      system: system.version ? `${system.system} ${system.version}` : system.system,
      modules: choose(modules, frames).map(({ name, buildId, version }) =>
        version === null ? { name, build_id: buildId } : { name, build_id: buildId, version: `v${version}` },
      ),
      modules_total: modules.length,
      problems: problems.slice(0, MAX_PROBLEMS),
    },
  };
}

const ADDRESS_WORDS = { null: 'null address', near_null: 'address near null', other: 'other address' };

/** `at recorder.node+0x1a2b`; a frame that the stack was searched for says so. */
function asLine({ module, offset, trust }: NativeFrame): string {
  return `    at ${module}+${hex(offset)}${trust === 'scan' ? ' (stack scan)' : ''}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Those that the frames lie in, then others in order of address. */
function choose(modules: readonly Module[], frames: readonly NativeFrame[]): Module[] {
  const inFrames = new Set(frames.map(({ module }) => module));
  const first = modules.filter(({ name }) => inFrames.has(name));
  const rest = modules.filter(({ name }) => !inFrames.has(name));
  return [...first, ...rest].slice(0, MAX_MODULES);
}
