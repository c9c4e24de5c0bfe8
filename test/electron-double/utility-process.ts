/** `utilityProcess`: a Node child of the app (docs/api/utility-process.md). */
import { fork as forkNode, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Details, ForkOptions, UtilityProcess } from 'electron';

import { createEvent, type AppDouble } from './app.ts';

class UtilityProcessDouble extends EventEmitter implements Pick<UtilityProcess, 'kill' | 'pid'> {
  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.child = child;
  }

  get pid(): number | undefined {
    return this.child.exitCode === null ? this.child.pid : undefined;
  }

  kill(): boolean {
    return this.child.kill('SIGTERM');
  }
}

export interface UtilityProcessModule {
  fork(modulePath: string, args?: string[], options?: ForkOptions): UtilityProcessDouble;
}

export function createUtilityProcessModule(app: AppDouble): UtilityProcessModule {
  return {
    fork(modulePath, args = [], options = {}) {
      const output = options.stdio === 'ignore' ? 'ignore' : 'inherit';
      const child = forkNode(modulePath, args, {
        // shell/services/node/node_service.cc sets the same mode as for the main process.
        execArgv: [
          '--unhandled-rejections=warn-with-error-code',
          '--import',
          pathToFileURL(join(import.meta.dirname, 'utility-type.ts')).href,
          ...(options.execArgv ?? []),
        ],
        env: (options.env ?? process.env) as NodeJS.ProcessEnv,
        stdio: ['ignore', output, output, 'ipc'],
      });
      const utility = new UtilityProcessDouble(child);
      child.once('spawn', () => utility.emit('spawn'));
      child.once('exit', (code, signal) => {
        const details: Details = {
          type: 'Utility',
          reason: reasonOf(code, signal),
          exitCode: code ?? 128,
          serviceName: 'node.mojom.NodeService',
          name: options.serviceName ?? 'Node Utility Process',
        };
        utility.emit('exit', details.exitCode);
        app.emit('child-process-gone', createEvent(), details);
      });
      return utility;
    },
  };
}

/** content/public/browser/child_process_termination_info.h: what a status of the system means. */
function reasonOf(code: number | null, signal: NodeJS.Signals | null): Details['reason'] {
  if (signal === null) return code === 0 ? 'clean-exit' : 'abnormal-exit';
  return ['SIGTERM', 'SIGKILL', 'SIGINT'].includes(signal) ? 'killed' : 'crashed';
}
