/** `docs/deploy/nginx.conf` and `docs/deploy/Caddyfile` as they stand: TLS, a path prefix, one proxy, its log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { makeEvent } from '../helpers/records.ts';
import { HOST, PROXIES, type ReverseProxy, installed } from '../helpers/reverse-proxy.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const openssl = installed(['openssl'], ['version']);

describe.each(PROXIES)('behind $document', ({ document, program, start }) => {
  const missing = program === null || openssl === null;
  if (missing)
    console.warn(`docs/deploy/${document} is not tried: its program, or openssl, is not installed`);

  describe.skipIf(missing)('as it is documented', () => {
    let server: TestServer;
    let folder: string;
    let proxy: ReverseProxy;

    beforeAll(async () => {
      server = await startTestServer({
        config: { ingestKeys: ['pub_key'], trustProxy: 1, rateLimit: 1_000 },
      });
      folder = mkdtempSync(join(tmpdir(), 'roost-proxy-'));
      proxy = await start({ program: program!, upstream: server.url, folder });
      await vi.waitFor(async () => expect((await ask('GET', '/roost/health')).status).toBe(200), {
        timeout: 30_000,
      });
    });

    afterAll(async () => {
      await proxy.stop();
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
        const address = { host: '127.0.0.1', port: proxy.port, servername: HOST, rejectUnauthorized: false };
        const options = { ...address, path, method, headers: { host: HOST, ...headers }, agent: false };
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
      const refused = await ask('POST', '/roost/track', { ...headers, authorization: 'Bearer no' }, body);
      expect(refused.status).toBe(401);
    });

    test('the dashboard and its files are found below the prefix', async () => {
      const page = await ask('GET', '/roost/dashboard', server.adminHeaders);
      expect(page.status).toBe(200);
      const files = [...page.text.matchAll(/(?:src|href)="(?!data:)([^"#]+)"/g)].map((match) => match[1]!);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const { pathname } = new URL(file, `https://${HOST}/roost/dashboard`);
        expect((await ask('GET', pathname, server.adminHeaders)).status, pathname).toBe(200);
      }
    });

    test('an export comes whole', async () => {
      const { text } = await ask('GET', '/roost/export/events.csv?environment=all', server.adminHeaders);
      expect(text.split('\r\n').length).toBeGreaterThan(1);
      expect(text.endsWith('\r\n')).toBe(true);
    });

    test('a body over the limit is refused with 413, by the server itself', async () => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer pub_key' };
      const { status, text } = await ask('POST', '/roost/track', headers, `"${'x'.repeat(1_100_000)}"`);
      expect([status, JSON.parse(text)]).toMatchObject([413, { error: { code: 'too_large' } }]);
    });

    test('whatever the client says of its address, it is counted by its own', async () => {
      const { status } = await ask('GET', '/roost/health', { 'x-forwarded-for': '203.0.113.9' });
      expect(status).toBe(200);
      const wrong = { authorization: `Basic ${btoa('admin:wrong')}` };
      const answers: number[] = [];
      for (let round = 0; round < 11; round += 1) {
        const headers = { ...wrong, 'x-forwarded-for': `203.0.113.${round}` };
        answers.push((await ask('GET', '/roost/stats', headers)).status);
      }
      expect(answers.at(-1)).toBe(429);
    });

    test('its logs hold no address and no user id, also while the server is away', async () => {
      const { user_id: userId } = makeEvent();
      const path = `/roost/users/${userId}/data`;
      expect((await ask('GET', path, { authorization: 'Bearer pub_key' })).status).toBe(404);
      await server.app.close();
      expect((await ask('GET', path, { authorization: 'Bearer pub_key' })).status).toBe(502);
      await expect.poll(() => proxy.log()).toMatch(/502/);
      expect(proxy.log()).not.toContain(userId);
      expect(proxy.log()).not.toMatch(/"remote_ip"|client: /);
    });
  });
});
