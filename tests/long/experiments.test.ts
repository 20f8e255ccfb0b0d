import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { experiment, experimentNames, misses } from '../../experiments/experiment.js';

it.each(experimentNames())('%s meets its thresholds', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-experiment-'));
  try {
    const numbers = await (await experiment(name)).run({ quick: false, onStep: () => {}, folder });
    console.log(
      Object.values(numbers)
        .map(({ about, value, unit }) => `${name}: ${about} ${value} ${unit}`)
        .join('\n'),
    );
    expect(misses(numbers)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
