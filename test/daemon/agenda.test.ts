import { describe, expect, test } from 'vitest';
import { Agenda } from '../../src/daemon/agenda.ts';
import type { Intention } from '../../src/daemon/signals.ts';

/** An agenda whose acts are written down; `during` is called in each. */
function agenda(during: (intention: Intention, agenda: Agenda) => void = () => {}) {
  const done: Intention[] = [];
  const made: Agenda = new Agenda(async (intention) => {
    during(intention, made);
    await Promise.resolve();
    done.push(intention);
  });
  return { done, made };
}

describe('the agenda', () => {
  test('carries out nothing before it begins', async () => {
    const { done, made } = agenda();
    made.intend('dump');
    await Promise.resolve();
    expect([done, made.isEmpty]).toEqual([[], false]);
  });

  test('keeps the order of intentions, not of wishes', async () => {
    const { done, made } = agenda();
    for (const wish of ['upgrade', 'terminate', 'dump', 'reload'] as const) made.intend(wish);
    await made.begin();
    expect(done).toEqual(['reload', 'dump', 'terminate', 'upgrade']);
  });

  test('takes a wish that comes twice for one', async () => {
    const { done, made } = agenda();
    for (let times = 0; times < 3; times += 1) made.intend('reload');
    await made.begin();
    expect(done).toEqual(['reload']);
  });

  test('carries out what is wished for meanwhile, after it', async () => {
    let isFirst = true;
    const { done, made } = agenda((_, itself) => {
      if (isFirst) itself.intend('reload');
      isFirst = false;
    });
    made.intend('dump');
    await made.begin();
    expect([done, made.isEmpty]).toEqual([['dump', 'reload'], true]);
  });
});
