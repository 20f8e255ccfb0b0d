import { expect, it } from 'vitest';
import { underKills } from '../support/paper-stream.js';

it('a paper broker that is killed twenty times under a stream of orders ends where one that lives does', { timeout: 300_000 }, async () => {
  const { killed, isDone, unbroken, state } = await underKills(20, 2400, 1);
  expect(isDone).toBe(true);
  expect(killed).toBe(20);
  expect(state).toEqual(unbroken);
  const ends = [...unbroken.orders.values()].map(({ status }) => status);
  for (const status of ['filled', 'cancelled', 'rejected', 'partial'] as const)
    expect(ends.filter((end) => end === status).length).toBeGreaterThan(0);
});
