import { expect, it, onTestFinished } from 'vitest';
import { sweepUnderKills } from '../support/sweep-kills.js';

it('a sweep loses no trial and ends none twice while its workers are killed two hundred times', async () => {
  const { trials, killed } = await sweepUnderKills(200, 600, 2, onTestFinished);
  expect(killed).toBe(200);
  const complete = trials.filter(({ state }) => state === 'complete');
  expect(complete.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, i) => i));
});
