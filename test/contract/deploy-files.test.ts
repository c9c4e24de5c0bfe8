/** The files that deploy Roost name settings that exist, versions that are tested, and files that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { SETTING_NAMES } from '../../server/config.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!);
const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
/** What npm scripts of this repository run on. */
const nodeVersion = devDependencies.node;

/** As Render's field reference for Blueprints has them (github.com/render-oss/skills, 2026-08-18). */
const RENDER_FIELDS = new Set(
  [
    'services databases type name runtime plan numInstances schedule',
    'buildCommand startCommand preDeployCommand healthCheckPath',
    'envVars key value generateValue sync fromDatabase property',
    'postgresMajorVersion diskSizeGB ipAllowList',
  ].flatMap((names) => names.split(' ')),
);

describe.each(['render.yaml', 'docs/deploy/render-paid.yaml'])('%s', (path) => {
  const text = read(path).replaceAll(/^\s*#.*$/gm, '');

  test('has fields that Render knows', () => {
    const fields = all(text, /^[\s-]*([A-Za-z]+):/gm);
    expect(fields.filter((field) => !RENDER_FIELDS.has(field))).toEqual([]);
  });

  test('sets what the server reads, and the Node that is tested', () => {
    const keys = all(text, /- key: (\w+)/g);
    expect(keys.filter((key) => key !== 'NODE_VERSION' && !SETTING_NAMES.includes(key))).toEqual([]);
    expect(new Set(all(text, /NODE_VERSION\n\s+value: (\S+)/g))).toEqual(new Set([nodeVersion]));
  });

  test('builds before it starts what the build makes', () => {
    const commands = all(text, /(?:startCommand|preDeployCommand): (.+)/g);
    for (const command of commands) expect(command).toMatch(/^node .*server\/dist\/main\.js \w+$/);
    expect(all(text, /buildCommand: (.+)/g).every((command) => command.endsWith('npm run build'))).toBe(true);
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('has the Node that is tested, another user than root, and a health check', () => {
    const images = all(dockerfile, /^FROM node:(\d+)/gm);
    expect(new Set(images)).toEqual(new Set([nodeVersion.split('.')[0]]));
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  test('copies what is there, and is given all that the build reads', () => {
    const copied = all(dockerfile, /^COPY (?!--from)(.+) \S+$/gm).flatMap((sources) => sources.split(' '));
    expect(copied.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    // scripts/build.ts packs these with the server.
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toContain('!docs/deploy');
    expect(ignored).toContain('.env');
  });

  test('compose.yaml sets what the server reads', () => {
    const service = /^ {2}roost:\n([\s\S]*?)^ {2}database:/m.exec(read('compose.yaml'))?.[1] ?? '';
    const names = all(service, /^ {6}([A-Z_]+):/gm);
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
  });
});

test('the unit sets what the server reads, and names files that the package holds', () => {
  const unit = read('docs/deploy/roost.service');
  const names = all(unit, /^Environment=(\w+)=/gm);
  expect(names.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
  const page = read('docs/deploy.md');
  for (const file of all(page, /server\/dist\/deploy\/(\S+)/g)) {
    expect(
      existsSync(join(root, file === 'env.example' ? '.env.example' : `docs/deploy/${file}`)),
      file,
    ).toBe(true);
  }
});
