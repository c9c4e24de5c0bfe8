/** Ways to fail, and an app that listens to failures itself; for Node and Electron alike. */

const errors: Record<string, () => unknown> = {
  error: () => new TypeError('it broke'),
  'no-error': () => 'just a text',
  undefined: () => undefined,
  aggregate: () => new AggregateError([new Error('first'), new Error('second')], 'both broke'),
  cause: () => new Error('outer', { cause: new Error('inner') }),
};

/**
 * `throw:error`, `reject:no-error`, …: at once; `later-throw:…`: in a timer; `rejections`: one of each;
 * `all`: these and exceptions; `handled-late`:
 * rejected, and caught a moment later; `exit:3`: no failure, for comparison.
 */
export function fail(failure: string): void {
  const [how, what = ''] = failure.split(':');
  const make = errors[what] ?? errors['error']!;
  switch (how) {
    case 'throw':
      throw make();
    case 'later-throw':
      setTimeout(() => {
        throw make();
      }, 1);
      break;
    case 'reject':
      void Promise.reject(make());
      break;
    case 'rejections':
      for (const make of Object.values(errors)) void Promise.reject(make());
      break;
    case 'all': // where an exception does not end the process
      fail('rejections');
      fail('later-throw:error');
      fail('later-throw:no-error');
      setTimeout(() => console.log('failures done'), 5);
      break;
    case 'handled-late': {
      const rejected = Promise.reject(make());
      setTimeout(() => rejected.catch(() => console.log('handled late')), 20);
      break;
    }
    case 'exit':
      setTimeout(() => process.exit(Number(what)), 1);
      break;
  }
}

export function listenAsApp(): void {
  process.on('uncaughtException', (error: unknown, origin) =>
    console.log('app saw exception', String(error), origin),
  );
  process.on('unhandledRejection', (reason) => console.log('app saw rejection', String(reason)));
  console.log(
    'listeners',
    process.listenerCount('uncaughtException'),
    process.listenerCount('unhandledRejection'),
    process.listenerCount('rejectionHandled'),
  );
}
