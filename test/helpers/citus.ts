/** Databases for tests on a Citus cluster: made on every node, joined, and their tables spread. */
import { Client } from 'pg';

import { spreadOverCitus } from '../../server/store/citus.ts';
import { migrate } from '../../server/store/migrate.ts';

interface Node {
  host: string;
  port: number;
}

/** The nodes of the cluster that `url` coordinates, itself first; none where it is a plain PostgreSQL. */
export async function citusNodes(url: string): Promise<Node[]> {
  const installed = await query(url, `select from pg_extension where extname = 'citus'`);
  if (installed.length === 0) return [];
  const { hostname, port } = new URL(url);
  const nodes = await query<Node & { coordinates: boolean }>(
    url,
    `select nodename as host, nodeport as port, groupid = 0 as coordinates
     from pg_dist_node where noderole = 'primary' order by groupid`,
  );
  const coordinator = nodes.find((node) => node.coordinates) ?? {
    host: hostname,
    port: Number(port || 5432),
  };
  return [coordinator, ...nodes.filter((node) => !node.coordinates)];
}

/** Few shards: they show the same faults as many, in less time. */
const SHARDS = 4;

/** Joining tells every node of all roles, which two tests cannot do at the same moment. */
const JOINING_LOCK = 7_605_900;

export async function createOnNodes(nodes: readonly Node[], url: string, name: string): Promise<void> {
  const lock = new Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [JOINING_LOCK]);
    await createAndJoin(nodes, url, name);
  } finally {
    await lock.end();
  }
}

async function createAndJoin(nodes: readonly Node[], url: string, name: string): Promise<void> {
  for (const node of nodes) {
    await query(
      at(url, node),
      `create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
    );
    await query(at(url, node, name), 'create extension citus');
  }
  const [coordinator, ...workers] = nodes;
  const database = at(url, coordinator!, name);
  await query(database, `select citus_set_coordinator_host('${coordinator!.host}', ${coordinator!.port})`);
  for (const { host, port } of workers) await query(database, `select citus_add_node('${host}', ${port})`);
  await query(database, `alter database ${name} set citus.shard_count = ${SHARDS}`);
}

export async function createSpread(nodes: readonly Node[], url: string, name: string): Promise<void> {
  await createOnNodes(nodes, url, name);
  const database = at(url, nodes[0]!, name);
  await migrate(database);
  await spreadOverCitus(database);
}

export async function dropOnNodes(nodes: readonly Node[], url: string, name: string): Promise<void> {
  for (const node of nodes) await query(at(url, node), `drop database if exists ${name} with (force)`);
}

function at(url: string, { host, port }: Node, database?: string): string {
  const result = new URL(url);
  result.hostname = host;
  result.port = String(port);
  if (database !== undefined) result.pathname = `/${database}`;
  return result.href;
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
