/** An ordinary Node program that fails as FAILURE says; APP_LISTENS=1: it listens to failures itself. Knows no Roost. */
import { fail, listenAsApp } from '../../electron/app/failures.ts';

process.on('exit', (code) => console.log('exit', code, process.exitCode));
if (process.env.APP_LISTENS) listenAsApp();
fail(process.env.FAILURE!);
