/** How the made app fails: a few bugs that keep coming back, as in any real one. */
import type { CrashType } from '../../lib/record/crash.ts';
import type { Chance } from './chance.ts';

interface Bug {
  weight: number;
  type: CrashType;
  message: string;
  frames: string[];
}

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
    weight: 1,
    type: 'native_crash',
    message: 'EXC_BAD_ACCESS in CoreAudio',
    frames: ['CoreAudio + 0x1f3c8', 'Stories Helper + 0x80a4'],
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

export function makeFailure(
  chance: Chance,
  badRelease: boolean,
): { crash_type: CrashType; error_message: string; stack_trace: string | null } {
  const bug = badRelease && chance.happens(0.8) ? REGRESSION : BUGS[chance.pick(WEIGHTS)]!;
  const stack = [bug.message, ...bug.frames.map((frame) => `    at ${frame}`)].join('\n');
  return {
    crash_type: bug.type,
    error_message: bug.message,
    stack_trace: bug.frames.length > 0 ? stack : null,
  };
}
