/** The operating system as a person says it: `macOS 15.1`, `Windows 11`, `Ubuntu 24.04`. */
import { readFileSync } from 'node:fs';
import { release, type, version } from 'node:os';

/** What the operating system says of itself, as recorded. */
export interface PlatformFacts {
  /** `process.platform`. */
  platform: string;
  /** `os.type()`. */
  type: string;
  /** `os.release()`. */
  release: string;
  /** `os.version()`. */
  version: string;
  /** Content of an os-release file (Linux) or of SystemVersion.plist (macOS). */
  description?: string;
}

/** Asks the operating system. Never throws. */
export function detectPlatform(): string {
  return describePlatform({
    platform: process.platform,
    type: type(),
    release: release(),
    version: version(),
    description: readFirst(DESCRIPTIONS[process.platform] ?? []),
  });
}

const DESCRIPTIONS: Record<string, readonly string[] | undefined> = {
  darwin: ['/System/Library/CoreServices/SystemVersion.plist'],
  // In a Flatpak /etc describes the runtime, and /run/host the machine.
  linux: ['/run/host/os-release', '/etc/os-release', '/usr/lib/os-release'],
};

function readFirst(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}

export function describePlatform(facts: PlatformFacts): string {
  switch (facts.platform) {
    case 'darwin':
      return describeMacOs(facts);
    case 'win32':
      return describeWindows(facts);
    case 'linux':
      return describeLinux(facts.description ?? '');
    default:
      return `${facts.type} ${majorMinor(facts.release)}`.trim();
  }
}

function describeMacOs({ description = '', release }: PlatformFacts): string {
  const product = /<key>ProductVersion<\/key>\s*<string>([\d.]+)<\/string>/.exec(description)?.[1];
  // 10.16 is what macOS 11 and later tell programs built for older ones.
  if (product && !product.startsWith('10.16')) return `macOS ${majorMinor(product)}`;
  const darwin = Number.parseInt(release, 10);
  if (darwin >= 25) return `macOS ${darwin + 1}`;
  if (darwin >= 20) return `macOS ${darwin - 9}`;
  return Number.isNaN(darwin) ? 'macOS' : `macOS 10.${darwin - 4}`;
}

const WINDOWS_BEFORE_10: Record<string, string | undefined> = { '6.1': '7', '6.2': '8', '6.3': '8.1' };
const FIRST_BUILD_OF_WINDOWS_11 = 22_000;

function describeWindows({ version, release }: PlatformFacts): string {
  const server = /Windows Server (?:\d{4})(?: R2)?/.exec(version)?.[0];
  if (server) return server;
  const [major = '', minor = '', build = ''] = release.split('.');
  // Windows 11 still calls itself 10.0, and its registry `Windows 10 Pro`.
  if (major === '10') return Number(build) >= FIRST_BUILD_OF_WINDOWS_11 ? 'Windows 11' : 'Windows 10';
  return `Windows ${WINDOWS_BEFORE_10[`${major}.${minor}`] ?? majorMinor(release)}`;
}

function describeLinux(osRelease: string): string {
  const name = field(osRelease, 'NAME') || 'Linux';
  const spoken = name.replace(/ GNU\/Linux$/, '').replace(/^Fedora Linux$/, 'Fedora');
  const number = field(osRelease, 'VERSION_ID');
  // A rolling distribution has no version, or the day of a snapshot.
  return /^\d{1,4}(?:\.|$)/.test(number) ? `${spoken} ${majorMinor(number)}` : spoken;
}

function field(osRelease: string, key: string): string {
  const line = new RegExp(`^${key}=(.*)$`, 'm').exec(osRelease)?.[1]?.trim() ?? '';
  return line.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1');
}

function majorMinor(number: string): string {
  return /^\d+(?:\.\d+)?/.exec(number)?.[0] ?? '';
}
