/** How the made app fails: a few bugs that keep coming back, as in any real one. */
import type { CrashContext, CrashType } from '../../lib/record/crash.ts';
import type { Chance } from './chance.ts';

interface Bug {
  weight: number;
  type: CrashType;
  message: string;
  frames: string[];
  /** Beside what every crash of a session tells. */
  context?: CrashContext;
}

/** As `lib/minidump` describes a dump of macOS. */
const NATIVE: CrashContext = {
  process_type: 'renderer',
  native: {
    exception: 'EXC_BAD_ACCESS',
    code: '0x1',
    address: 'null',
    module: 'recorder.node',
    offset: '0x1a2b',
    cpu: 'arm64',
    system: 'macos 15.1.0',
    modules: [
      { name: 'recorder.node', build_id: '5B0C9D3E7A124F6C8E2D1A0B3C4D5E6F0' },
      { name: 'Electron Framework', build_id: '4C4C44A155553144A1D5C3E0F6B2A7990' },
      { name: 'Stories Helper (Renderer)', build_id: '4C4C447E55553144A10B2D9F4E8C6A310' },
      { name: 'CoreAudio', build_id: 'A7E1F0429C3B3D5E8F6071B2C3D4E5F60' },
      { name: 'libsystem_pthread.dylib', build_id: '1D3F5B7C9E0A32648B5D7F1A2C4E6D8F0' },
    ],
    modules_total: 5,
    problems: [],
  },
};

const BUGS: Record<string, Bug> = {
  waveform: {
    weight: 8,
    type: 'uncaught_error',
    message: "TypeError: Cannot read properties of null (reading 'getContext')",
    frames: ['drawWaveform (app://renderer/waveform.js:112:29)', 'onLevel (app://renderer/recorder.js:64:5)'],
  },
  upload: {
    weight: 6,
    type: 'unhandled_rejection',
    message: 'Error: Request failed with status 502',
    frames: ['upload (app://main/transcribe.js:208:13)', 'async transcribe (app://main/transcribe.js:91:20)'],
  },
  device: {
    weight: 4,
    type: 'main_crash',
    message: 'Error: ENODEV: no such device',
    frames: ['openMicrophone (app://main/audio.js:41:11)', 'startRecording (app://main/index.js:133:9)'],
  },
  renderer: { weight: 3, type: 'renderer_crash', message: 'Renderer process gone: oom', frames: [] },
  gpu: { weight: 2, type: 'child_process_crash', message: 'GPU process gone: crashed', frames: [] },
  native: {
    weight: 3,
    type: 'native_crash',
    message: 'EXC_BAD_ACCESS at recorder.node+0x1a2b (null address)',
    frames: [
      'recorder.node+0x1a2b',
      'recorder.node+0x55c0',
      'CoreAudio+0x1f3c8',
      'Electron Framework+0x2c81f4',
      'Stories Helper (Renderer)+0x80a4 (stack scan)',
      'libsystem_pthread.dylib+0x6f80 (stack scan)',
    ],
    context: NATIVE,
  },
  dictionary: {
    weight: 3,
    type: 'handled_error',
    message: 'SyntaxError: Unexpected end of JSON input',
    frames: ['JSON.parse (<anonymous>)', 'loadDictionary (app://main/dictionary.js:22:17)'],
  },
};
/** What the bad release brings. */
const REGRESSION: Bug = {
  weight: 0,
  type: 'main_crash',
  message: 'RangeError: Maximum call stack size exceeded',
  frames: ['mergeSegments (app://main/segments.js:57:10)', 'mergeSegments (app://main/segments.js:61:14)'],
};
const WEIGHTS = Object.fromEntries(Object.entries(BUGS).map(([name, { weight }]) => [name, weight]));

/** `platform` is that of the person: the native fault is one of macOS. */
export function makeFailure(
  chance: Chance,
  badRelease: boolean,
  platform: string,
): { crash_type: CrashType; error_message: string; stack_trace: string | null; context: CrashContext } {
  const weights = platform.startsWith('macOS') ? WEIGHTS : { ...WEIGHTS, native: 0 };
  const bug = badRelease && chance.happens(0.8) ? REGRESSION : BUGS[chance.pick(weights)]!;
  const frames = bug.frames.map((frame) => `    at ${frame}`);
  // A dump has frames alone.
  const stack = bug.type === 'native_crash' ? frames : [bug.message, ...frames];
  return {
    crash_type: bug.type,
    error_message: bug.message,
    stack_trace: frames.length > 0 ? stack.join('\n') : null,
    context: bug.context ?? { process_type: 'main' },
  };
}
