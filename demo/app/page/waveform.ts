/** Draws the sound of the last seconds. The sound itself is made up: the demo leaves the microphone alone. */
const BAR_WIDTH = 3;
const GAP = 3;
const LEVELS_PER_SECOND = 14;

export interface Waveform {
  start(): void;
  stop(): void;
}

export function createWaveform(canvas: HTMLCanvasElement): Waveform {
  const levels: number[] = [];
  let startedAt: number | undefined;

  function draw(): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    context.fillStyle = getComputedStyle(canvas).color;
    const bars = Math.floor(width / (BAR_WIDTH + GAP));
    const offset = (width - bars * (BAR_WIDTH + GAP) + GAP) / 2;
    for (let bar = 0; bar < bars; bar += 1) {
      const level = levels.at(bar - bars);
      const known = level !== undefined && levels.length >= bars - bar;
      const size = known ? Math.max(3, level * height) : 3;
      context.globalAlpha = known ? 1 : 0.25;
      context.beginPath();
      context.roundRect(
        offset + bar * (BAR_WIDTH + GAP),
        (height - size) / 2,
        BAR_WIDTH,
        size,
        BAR_WIDTH / 2,
      );
      context.fill();
    }
  }

  function tick(now: number): void {
    if (startedAt === undefined) return;
    while (levels.length < ((now - startedAt) / 1000) * LEVELS_PER_SECOND) {
      levels.push(speechLevel(levels.length / LEVELS_PER_SECOND));
    }
    draw();
    requestAnimationFrame(tick);
  }

  addEventListener('resize', draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  draw();
  return {
    start() {
      levels.length = 0;
      startedAt = performance.now();
      requestAnimationFrame(tick);
    },
    stop() {
      startedAt = undefined;
    },
  };
}

/** Between 0 and 1: syllables within phrases, with pauses for breath. */
function speechLevel(second: number): number {
  const phrase = Math.max(0.06, Math.sin(second * 0.9) * 0.5 + 0.55);
  const syllables = Math.abs(Math.sin(second * 7.3) * Math.sin(second * 3.1 + 1));
  return Math.min(1, phrase * (0.2 + 0.8 * syllables) * (0.75 + Math.random() * 0.4));
}
