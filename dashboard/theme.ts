/** Light or dark: the system's choice until the admin makes one, which this browser keeps. */
export type Theme = 'system' | 'light' | 'dark';

const SCHEMES: Record<Theme, string> = { system: 'light dark', light: 'light', dark: 'dark' };
const KEY = 'roost-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const printing = matchMedia('print');
const listeners = new Set<() => void>();

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Called once at start, then by every change. Paper is always light. */
export function applyTheme(): void {
  const theme = chosenTheme();
  document.documentElement.style.colorScheme = printing.matches ? 'light' : SCHEMES[theme];
  for (const listener of listeners) listener();
}

/** Canvases do not follow CSS: they are drawn again. Returns what ends the listening. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

dark.addEventListener('change', applyTheme);
printing.addEventListener('change', applyTheme);
