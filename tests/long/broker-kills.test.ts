import { expect, it } from 'vitest';
import { underKills } from '../support/paper-stream.js';

it('a paper broker that is killed two hundred times under a stream of orders ends where one that lives does', async () => {
  const { killed, isDone, unbroken, state } = await underKills(200, 24_000, 2);
  expect(isDone).toBe(true);
  expect(killed).toBe(200);
  expect(state).toEqual(unbroken);
});
