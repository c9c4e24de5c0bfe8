/** Runs once before all tests: checks the Node in use, and starts the PostgreSQL that they share. */
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { url: string; template: string; dataFolder: string | null };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 19)) {
    throw new Error(
      `Roost needs Node 22.19 or later, this is ${process.versions.node}: run "npm ci" and use npm scripts.`,
    );
  }
  const { startTestPostgres } = await import('./postgres.ts');
  const { url, template, dataFolder, stop } = await startTestPostgres();
  project.provide('postgres', { url, template, dataFolder });
  return stop;
}
