import type * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { key } from '../base/index.js';
import { certifiedRadius, certify } from './certify.js';

// Cohen, Rosenfeld & Kolter 2019, appendix: 100,000 draws without a miss at α = 0.001 certify about 4 σ.
it('a hundred thousand hits certify 3.8 σ at α = 0.001', () => {
  expect(certifiedRadius(100_000, 100_000, { sigma: 1 }).radius).toBeCloseTo(3.8117, 3);
});

it('the same key gives the same certificates', async () => {
  const logits = (x: tf.Tensor) =>
    x.matMul([
      [1, -1],
      [0.5, 0.2],
    ]);
  const x = { data: Float32Array.of(1, 0, -0.3, 0.2), shape: [2, 2] };
  const one = await certify(logits, x, { sigma: 0.5, key: key(1), draws: 50 });
  expect(await certify(logits, x, { sigma: 0.5, key: key(1), draws: 50 })).toEqual(one);
  expect(one).toHaveLength(2);
  expect(one[0].label).toBe(0);
});

// At one σ from the boundary a draw is on the sample's side with Φ(1) = 84 %: the first draw alone would choose the other class in 16 %.
it('the class that is tested is the one of most draws', async () => {
  const x = { data: new Float32Array(30).fill(0.5), shape: [30, 1] };
  const found = await certify((x) => x.matMul([[-1, 1]]), x, { sigma: 0.5, key: key(2), draws: 200 });
  expect(found.map(({ label }) => label)).toEqual(Array(30).fill(1));
});

it.each([
  [() => certifiedRadius(3, 2, { sigma: 1 }), 'certifiedRadius: hits must be a whole number from 0 to 2, got 3; they are among the draws'],
  [() => certifiedRadius(2, 2, { sigma: 0 }), 'certifiedRadius: sigma must be a finite number above 0, got 0'],
  [() => certifiedRadius(2, 2, { sigma: 1, alpha: 0.5 }), 'certifiedRadius: alpha must be a finite number above 0, below 0.5, got 0.5'],
])('wrong input is named: %#', (call, message) => {
  expect(call).toThrow(message);
});

it('certify needs samples and the axes of one', async () => {
  await expect(certify((x) => x, { data: new Float32Array(3), shape: [3] }, { sigma: 1, key: key(1) })).rejects.toThrow(
    'certify takes samples [N, ...], and the axes of one: got x [3]',
  );
});

it('certify needs logits of classes', async () => {
  const x = { data: new Float32Array(3), shape: [1, 3] };
  await expect(certify((x) => x.sum(1), x, { sigma: 1, key: key(1) })).rejects.toThrow(
    'certify takes a classifier with logits [B, C]: got logits [100]',
  );
});

it.each([
  [{ key: 1 as never }, 'certify: key must be a random stream, as key(1), got 1'],
  [{ select: 0 }, 'certify: select must be a whole number from 1 up, got 0'],
  [{ draws: 0 }, 'certify: draws must be a whole number from 1 up, got 0'],
  [{ sigma: 0 }, 'sigma must be a finite number above 0, got 0'],
])('certify refuses %j before it computes', async (wrong, message) => {
  const never = () => {
    throw new Error('computed');
  };
  const x = { data: new Float32Array(3), shape: [1, 3] };
  await expect(certify(never, x, { sigma: 1, key: key(1), ...wrong })).rejects.toThrow(message);
});
