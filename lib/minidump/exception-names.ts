/** What an exception code is called by the system it comes from. */
import type { DumpSystem } from './streams.ts';

/** `signal(7)`; the numbers are those of Linux on x64 and arm64. */
const LINUX: Record<number, string> = {
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};
/** `mach/exception_types.h` */
const MACOS: Record<number, string> = {
  1: 'EXC_BAD_ACCESS',
  2: 'EXC_BAD_INSTRUCTION',
  3: 'EXC_ARITHMETIC',
  4: 'EXC_EMULATION',
  5: 'EXC_SOFTWARE',
  6: 'EXC_BREAKPOINT',
  7: 'EXC_SYSCALL',
  10: 'EXC_CRASH',
  11: 'EXC_RESOURCE',
  12: 'EXC_GUARD',
};
/** `winnt.h`, `ntstatus.h`, and Chromium's own for being out of memory. */
const WINDOWS: Record<number, string> = {
  0x80000003: 'EXCEPTION_BREAKPOINT',
  0xc0000005: 'EXCEPTION_ACCESS_VIOLATION',
  0xc0000006: 'EXCEPTION_IN_PAGE_ERROR',
  0xc000001d: 'EXCEPTION_ILLEGAL_INSTRUCTION',
  0xc000008e: 'EXCEPTION_FLT_DIVIDE_BY_ZERO',
  0xc0000094: 'EXCEPTION_INT_DIVIDE_BY_ZERO',
  0xc0000096: 'EXCEPTION_PRIV_INSTRUCTION',
  0xc00000fd: 'EXCEPTION_STACK_OVERFLOW',
  0xc0000374: 'STATUS_HEAP_CORRUPTION',
  0xc0000409: 'STATUS_STACK_BUFFER_OVERRUN',
  0xc0000420: 'STATUS_ASSERTION_FAILURE',
  0xe0000008: 'OUT_OF_MEMORY',
};
const NAMES: Partial<Record<DumpSystem, Record<number, string>>> = {
  linux: LINUX,
  macos: MACOS,
  windows: WINDOWS,
};

/** The name, or the number in hexadecimal. */
export function exceptionName(system: DumpSystem, code: number): string {
  return NAMES[system]?.[code] ?? `exception 0x${code.toString(16)}`;
}

/** Dumps that Crashpad wrote of a process that went on (`DumpWithoutCrashing`): no crash. */
const SIMULATED: Partial<Record<DumpSystem, number>> = {
  linux: 0xffffffff,
  macos: 0x43507378,
  windows: 0x0517a7ed,
};

export function isSimulated(system: DumpSystem, code: number): boolean {
  return SIMULATED[system] === code;
}

const ACCESS_VIOLATIONS: ReadonlySet<number> = new Set([0xc0000005, 0xc0000006]);
const NEAR_NULL = 0x10000n;

export type AddressClass = 'null' | 'near_null' | 'other';

/** What kind of address was accessed; the address itself tells of the machine's memory. Null where none was. */
export function classifyAddress(
  system: DumpSystem,
  { code, address, parameters }: { code: number; address: bigint; parameters: readonly bigint[] },
): AddressClass | null {
  const accessed =
    system === 'windows'
      ? ACCESS_VIOLATIONS.has(code)
        ? parameters[1]
        : undefined
      : ['SIGSEGV', 'SIGBUS', 'EXC_BAD_ACCESS'].includes(exceptionName(system, code))
        ? address
        : undefined;
  if (accessed === undefined) return null;
  if (accessed === 0n) return 'null';
  return accessed < NEAR_NULL ? 'near_null' : 'other';
}
