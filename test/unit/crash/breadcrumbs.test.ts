import { describe, expect, it } from 'vitest';

import { createBreadcrumbs } from '../../../lib/crash/breadcrumbs.ts';

describe('breadcrumbs', () => {
  it('keeps the last fifty, oldest first, with their moments', () => {
    let now = Date.UTC(2026, 5, 1);
    const breadcrumbs = createBreadcrumbs(() => (now += 1_000));
    for (let step = 1; step <= 60; step += 1) breadcrumbs.add(`step ${step}`);
    const list = breadcrumbs.list();
    expect(list).toHaveLength(50);
    expect(list[0]).toEqual({ at: '2026-06-01T00:00:11.000Z', message: 'step 11' });
    expect(list.at(-1)?.message).toBe('step 60');
  });

  it('keeps 200 characters of a message, counted as a person counts', () => {
    const breadcrumbs = createBreadcrumbs();
    breadcrumbs.add('😀'.repeat(300));
    breadcrumbs.add('x'.repeat(10_000_000));
    const [emoji, long] = breadcrumbs.list();
    expect(Array.from(emoji!.message)).toHaveLength(200);
    expect(long!.message).toHaveLength(200);
  });

  it('forgets the steps that name usage events, and keeps the others', () => {
    const breadcrumbs = createBreadcrumbs();
    breadcrumbs.add('app is ready');
    breadcrumbs.add('recording_started', { event: true });
    breadcrumbs.forgetEvents();
    expect(breadcrumbs.list().map(({ message }) => message)).toEqual(['app is ready']);
  });

  it('tells of each new step, and with null of steps forgotten', () => {
    const heard: (string | null)[] = [];
    const breadcrumbs = createBreadcrumbs();
    breadcrumbs.onChange((added) => heard.push(added?.message ?? null));
    breadcrumbs.add('one');
    breadcrumbs.forgetEvents();
    breadcrumbs.add('two', { event: true });
    breadcrumbs.forgetEvents();
    expect(heard).toEqual(['one', 'two', null]);
  });
});
