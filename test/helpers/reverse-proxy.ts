/** nginx and Caddy in front of a server, with the files of docs/deploy as they stand but for names and addresses. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const documents = join(import.meta.dirname, '..', '..', 'docs', 'deploy');
/** The name in the documents, which the certificate is for. */
export const HOST = 'telemetry.example.com';

export interface ReverseProxy {
  port: number;
  /** All that it has logged. */
  log(): string;
  stop(): Promise<void>;
}

interface Start {
  program: string;
  /** Origin of the server behind it. */
  upstream: string;
  /** For its files. */
  folder: string;
}

export interface ProxyKind {
  document: string;
  /** Null where it is not installed. */
  program: string | null;
  start(options: Start): Promise<ReverseProxy>;
}

export const PROXIES: readonly ProxyKind[] = [
  {
    document: 'nginx.conf',
    program: installed(['/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'], ['-v']),
    start: startNginx,
  },
  {
    document: 'Caddyfile',
    program: installed(['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'], ['version']),
    start: startCaddy,
  },
];

export function installed(programs: string[], args: string[]): string | null {
  const found = programs.find((program) => {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  return found ?? null;
}

async function startNginx({ program, upstream, folder }: Start): Promise<ReverseProxy> {
  const port = await freePort();
  const { certificate, key } = makeCertificate(folder);
  const file = (name: string): string => join(folder, name);
  const documented = readFileSync(join(documents, 'nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('http://127.0.0.1:8787/', `${upstream}/`)
    .replace('/etc/ssl/telemetry.example.com.pem', certificate)
    .replace('/etc/ssl/private/telemetry.example.com.key', key)
    .replace('/var/log/nginx/roost.log', file('log'))
    .replace('/var/log/nginx/roost-error.log', file('error-log'));
  mkdirSync(file('temporary'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${file(`temporary/${kind}`)};`,
  );
  writeFileSync(
    file('nginx.conf'),
    `daemon off; pid ${file('pid')}; error_log stderr; master_process off;
     events {} http { ${paths.join(' ')}\n${documented}\n}`,
  );
  return run(program, ['-c', file('nginx.conf'), '-p', folder], { port, folder });
}

async function startCaddy({ program, upstream, folder }: Start): Promise<ReverseProxy> {
  const port = await freePort();
  const { certificate, key } = makeCertificate(folder);
  const documented = readFileSync(join(documents, 'Caddyfile'), 'utf8')
    .replace(/^\{$/m, '{\n  admin off\n  auto_https disable_redirects')
    .replace(`${HOST} {`, `https://${HOST}:${port} {\n  bind 127.0.0.1\n  tls ${certificate} ${key}`)
    .replace('127.0.0.1:8787', new URL(upstream).host);
  writeFileSync(join(folder, 'Caddyfile'), documented);
  return run(program, ['run', '--config', join(folder, 'Caddyfile')], { port, folder });
}

function run(
  program: string,
  args: string[],
  { port, folder }: { port: number; folder: string },
): ReverseProxy {
  const log = join(folder, 'log');
  appendFileSync(log, '');
  const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const proxy: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [proxy.stdout, proxy.stderr]) {
    stream?.on('data', (text: Buffer) => appendFileSync(log, text));
  }
  const ended = new Promise<void>((resolve) => proxy.once('close', () => resolve()));
  return {
    port,
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      proxy.kill('SIGTERM');
      await ended;
    },
  };
}

function makeCertificate(folder: string): { certificate: string; key: string } {
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
  execFileSync(
    'openssl',
    [...request.split(' '), '-subj', `/CN=${HOST}`, '-keyout', key, '-out', certificate],
    {
      stdio: 'ignore',
    },
  );
  return { certificate, key };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
