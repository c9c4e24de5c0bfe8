/** `docs/deploy/nginx.conf` as it stands, but for names and addresses: TLS, a path prefix, one proxy. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const nginx = ['/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'].find((program) =>
  runs(program),
);
const missing = nginx === undefined || !runs('openssl', ['version']);
if (missing) console.warn('nginx or openssl is not installed: docs/deploy/nginx.conf is not tried');

function runs(program: string, args = ['-v']): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(missing)('behind nginx', () => {
  let server: TestServer;
  let folder: string;
  let port: number;
  let proxy: ChildProcess;

  beforeAll(async () => {
    server = await startTestServer({ config: { ingestKeys: ['pub_key'], trustProxy: 1, rateLimit: 1_000 } });
    folder = mkdtempSync(join(tmpdir(), 'roost-nginx-'));
    port = await freePort();
    const certificate = join(folder, 'certificate.pem');
    const key = join(folder, 'key.pem');
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
    execFileSync(
      'openssl',
      [...request.split(' '), '-subj', '/CN=telemetry.example.com', '-keyout', key, '-out', certificate],
      { stdio: 'ignore' },
    );
    const documented = readFileSync(join(import.meta.dirname, '../../docs/deploy/nginx.conf'), 'utf8')
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('http://127.0.0.1:8787/', `${server.url}/`)
      .replace('/etc/ssl/telemetry.example.com.pem', certificate)
      .replace('/etc/ssl/private/telemetry.example.com.key', key)
      .replace('/var/log/nginx/roost.log', join(folder, 'access.log'));
    mkdirSync(join(folder, 'temporary'));
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(folder, 'temporary', kind)};`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${join(folder, 'pid')}; error_log stderr; master_process off;
       events {} http { ${paths.join(' ')}\n${documented}\n}`,
    );
    proxy = spawn(nginx!, ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
    await vi.waitFor(async () => expect((await ask('GET', '/roost/health')).status).toBe(200), {
      timeout: 30_000,
    });
  });

  afterAll(async () => {
    if (proxy.exitCode === null) {
      const ended = new Promise((resolve) => proxy.once('exit', resolve));
      proxy.kill('SIGTERM');
      await ended;
    }
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false };
      const asked = httpsRequest(options, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  test('records arrive', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer pub_key' };
    const body = JSON.stringify({ events: Array.from({ length: 500 }, () => makeEvent()) });
    const { status, text } = await ask('POST', '/roost/track', headers, body);
    expect([status, JSON.parse(text)]).toMatchObject([200, { accepted: 500 }]);
    expect((await ask('POST', '/roost/track', { ...headers, authorization: 'Bearer no' }, body)).status).toBe(
      401,
    );
  });

  test('the dashboard and its files are found below the prefix', async () => {
    const page = await ask('GET', '/roost/dashboard', server.adminHeaders);
    expect(page.status).toBe(200);
    const files = [...page.text.matchAll(/(?:src|href)="(?!data:)([^"#]+)"/g)].map((match) => match[1]!);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { pathname } = new URL(file, `https://telemetry.example.com/roost/dashboard`);
      expect((await ask('GET', pathname, server.adminHeaders)).status, pathname).toBe(200);
    }
  });

  test('a body over the limit is refused with 413, by the server itself', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer pub_key' };
    const { status, text } = await ask('POST', '/roost/track', headers, `"${'x'.repeat(1_100_000)}"`);
    expect([status, JSON.parse(text)]).toMatchObject([413, { error: { code: 'too_large' } }]);
  });

  test('the access log holds no address and no user id', async () => {
    const { user_id: userId } = makeEvent();
    await ask('GET', `/roost/users/${userId}/data`, { authorization: 'Bearer pub_key' });
    await expect.poll(() => readFileSync(join(folder, 'access.log'), 'utf8')).toContain('GET 404');
    const log = readFileSync(join(folder, 'access.log'), 'utf8');
    expect(log).not.toContain('127.0.0.1');
    expect(log).not.toContain(userId);
  });
});
