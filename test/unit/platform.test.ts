/** On what the systems say of themselves, as recorded. */
import { expect, test } from 'vitest';

import { describePlatform, detectPlatform, type PlatformFacts } from '../../lib/platform.ts';

const plist = (version: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>ProductBuildVersion</key>
\t<string>24B83</string>
\t<key>ProductName</key>
\t<string>macOS</string>
\t<key>ProductUserVisibleVersion</key>
\t<string>${version}</string>
\t<key>ProductVersion</key>
\t<string>${version}</string>
</dict>
</plist>
`;
const mac = (release: string, version?: string): PlatformFacts => ({
  platform: 'darwin',
  type: 'Darwin',
  release,
  version:
    'Darwin Kernel Version 24.1.0: Thu Oct 10 21:03:15 PDT 2024; root:xnu-11215.41.3~2/RELEASE_ARM64_T6000',
  ...(version !== undefined && { description: plist(version) }),
});
const windows = (release: string, version: string): PlatformFacts => ({
  platform: 'win32',
  type: 'Windows_NT',
  release,
  version,
});
const linux = (description: string): PlatformFacts => ({
  platform: 'linux',
  type: 'Linux',
  release: '6.8.0-45-generic',
  version: '#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024',
  description,
});

test.each<[string, PlatformFacts]>([
  ['macOS 15.1', mac('24.1.0', '15.1')],
  ['macOS 15.0', mac('24.0.0', '15.0.1')],
  ['macOS 26.0', mac('25.0.0', '26.0')],
  ['macOS 10.15', mac('19.6.0', '10.15.7')],
  // No plist, or one for programs that know no macOS after 10.
  ['macOS 15', mac('24.1.0')],
  ['macOS 11', mac('20.6.0', '10.16')],
  ['macOS 26', mac('25.1.0')],
  ['macOS 10.15', mac('19.6.0')],
  ['Windows 11', windows('10.0.22631', 'Windows 11 Pro')],
  ['Windows 11', windows('10.0.26100', 'Windows 10 Home')],
  ['Windows 10', windows('10.0.19045', 'Windows 10 Enterprise')],
  ['Windows 8.1', windows('6.3.9600', 'Windows 8.1 Pro')],
  ['Windows 7', windows('6.1.7601', 'Windows 7 Professional')],
  ['Windows Server 2022', windows('10.0.20348', 'Windows Server 2022 Datacenter')],
  ['Windows Server 2025', windows('10.0.26100', 'Windows Server 2025 Standard')],
  ['Windows Server 2012 R2', windows('6.3.9600', 'Windows Server 2012 R2 Standard')],
  [
    'Ubuntu 24.04',
    linux(
      'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.1 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n',
    ),
  ],
  [
    'Debian 12',
    linux(
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nID=debian\n',
    ),
  ],
  ['Debian', linux('PRETTY_NAME="Debian GNU/Linux trixie/sid"\nNAME="Debian GNU/Linux"\nID=debian\n')],
  [
    'Fedora 41',
    linux(
      'NAME="Fedora Linux"\nVERSION="41 (Workstation Edition)"\nRELEASE_TYPE=stable\nID=fedora\nVERSION_ID=41\nPRETTY_NAME="Fedora Linux 41 (Workstation Edition)"\n',
    ),
  ],
  ['Arch Linux', linux('NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n')],
  ['Linux Mint 22', linux('NAME="Linux Mint"\nVERSION="22 (Wilma)"\nID=linuxmint\nVERSION_ID="22"\n')],
  [
    'openSUSE Leap 15.6',
    linux('NAME="openSUSE Leap"\nVERSION="15.6"\nID="opensuse-leap"\nVERSION_ID="15.6"\n'),
  ],
  [
    'openSUSE Tumbleweed',
    linux(
      'NAME="openSUSE Tumbleweed"\n# VERSION="20241010"\nID="opensuse-tumbleweed"\nVERSION_ID="20241010"\n',
    ),
  ],
  [
    'Alpine Linux 3.20',
    linux('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'),
  ],
  [
    'Red Hat Enterprise Linux 9.4',
    linux('NAME="Red Hat Enterprise Linux"\nVERSION="9.4 (Plow)"\nID="rhel"\nVERSION_ID="9.4"\n'),
  ],
  ['Pop!_OS 22.04', linux('NAME="Pop!_OS"\nVERSION="22.04 LTS"\nID=pop\nVERSION_ID="22.04"\n')],
  ['Raspbian 12', linux('NAME="Raspbian GNU/Linux"\r\nVERSION_ID="12"\r\n')],
  ['NixOS 24.05', linux("NAME='NixOS'\nVERSION_ID='24.05'\n")],
  ['Manjaro Linux', linux('NAME="Manjaro Linux"\nID=manjaro\n')],
  ['Linux', linux('')],
  [
    'FreeBSD 14.1',
    { platform: 'freebsd', type: 'FreeBSD', release: '14.1-RELEASE-p5', version: 'FreeBSD 14.1' },
  ],
])('%s', (spoken, facts) => {
  expect(describePlatform(facts)).toBe(spoken);
});

test('the machine is asked', () => {
  expect(detectPlatform()).toMatch(/^[A-Za-z][\w .!-]{1,49}$/);
});
