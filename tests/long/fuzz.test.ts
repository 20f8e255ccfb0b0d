import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import '../../src/tensor/index.js';
import { fuzz } from '../fuzz/fuzz.js';
import { entryOf, sorted } from '../fuzz/log.js';

// `npm run fuzz` checks 2,000 others, and writes results/fuzz.json.
const SEED = 2;

beforeAll(() => tf.setBackend('cpu'));

describe('200 random graphs', () => {
  it('are the same to both runtimes, the double interpreter and tfjs', async () => {
    const { reports, found } = await fuzz({ seed: SEED, from: 0, to: 200 });
    expect(reports).toHaveLength(200);
    expect(sorted(found).unexplained.map(entryOf)).toEqual([]);
  });

  it.each(['openvino-minimum', 'traced-sum'])('would show a wrong kernel: %s', async (plant) => {
    const { reports, found } = await fuzz({
      seed: SEED,
      from: 0,
      to: 200,
      plant,
      seen: (_, ours) => sorted(ours).unexplained.length === 0,
    });
    const { unexplained } = sorted(found);
    expect(unexplained).not.toEqual([]);
    expect(reports.length).toBeLessThan(200);
  });
});
