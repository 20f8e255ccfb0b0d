import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectSameDerivatives } from '../../../tests/support/gradients.js';
import { type HostArray, key, normal, split } from '../../base/index.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { plainly } from '../../tensor/layer.js';
import { map } from '../../tensor/tree.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by ../reference/recurrent.py with PyTorch 2.13
import { bidirectional, type Directions, initBidirectional } from './bidirectional.js';
import { gru, initGru } from './gru.js';
import { initLstm, type LstmParams, type LstmState, lstm } from './lstm.js';
import { initRnn, rnn } from './rnn.js';
import { initStacked, stacked } from './stacked.js';

const tensors = <P>(params: P) => map(params, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as never;
const drawn = (seed: number, shape: number[]) => tf.tensor(normal(key(seed), shape).data, shape);

/** Two LSTMs in both directions, of the script's weights. */
const bothWays =
  (lengths?: number[]) =>
  (x: tf.Tensor, ...weights: tf.Tensor[]) => {
    const [f1, b1, f2, b2] = [0, 3, 6, 9].map((k) => ({ wx: weights[k], wh: weights[k + 1], b: weights[k + 2] }));
    const layers: Directions<LstmParams>[] = [
      { forward: f1, backward: b1 },
      { forward: f2, backward: b2 },
    ];
    const recurrence = (params: Directions<LstmParams>, x: tf.Tensor, options?: { state?: Directions<LstmState> }) =>
      lengths
        ? bidirectional(params, x, { recurrence: lstm, lengths: tf.tensor1d(lengths, 'int32') })
        : bidirectional(params, x, { recurrence: lstm, ...options });
    return stacked(layers, x, { recurrence }).outputs;
  };

describe.each([
  ['sequences of one length', bothWays(), reference.bothWays],
  ['padded sequences', bothWays([4, 1, 3]), reference.bothWaysPacked],
] as const)('two LSTMs in both directions on %s', (_, call, expected) => {
  it('equal PyTorch, forward and backward', () => expectReference(call, expected));

  it('agree with differences, with autodiff of their plain form, and compiled on both runtimes', async () => {
    gradCheck(call, expected.inputs);
    expectSameDerivatives(call, plainly(call), expected.inputs, expected.dy);
    await expectCompiled(call, expected.inputs);
  });
});

describe('bidirectional', () => {
  const kinds = {
    rnn: (k: ReturnType<typeof key>) => ({ recurrence: rnn, params: initBidirectional(k, (k) => initRnn(k, { inputs: 3, width: 2 })) }),
    gru: (k: ReturnType<typeof key>) => ({ recurrence: gru, params: initBidirectional(k, (k) => initGru(k, { inputs: 3, width: 2 })) }),
    lstm: (k: ReturnType<typeof key>) => ({ recurrence: lstm, params: initBidirectional(k, (k) => initLstm(k, { inputs: 3, width: 2 })) }),
  };

  // A sequence without padding, alone, has the outputs that it has among longer ones: of any lengths, whatever the padding holds.
  it.each(Object.entries(kinds))('does not see padding: %s', (_, make) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }), fc.nat(), (lengths, seed) => {
        const { recurrence, params } = make(key(seed)) as ReturnType<typeof kinds.rnn>;
        const isReal = (i: number) => Math.floor(i / 3) % 5 < lengths[Math.floor(i / 15)];
        const { data, shape } = normal(key(seed), [lengths.length, 5, 3]);
        const x = tf.tensor(
          data.map((v, i) => (isReal(i) ? v : Number.NaN)),
          shape,
        );
        const whole = bidirectional(tensors(params), x, { recurrence, lengths: tf.tensor1d(lengths, 'int32') });
        lengths.forEach((length, b) => {
          const alone = bidirectional(tensors(params), x.slice([b, 0, 0], [1, length, 3]), { recurrence });
          const rows = whole.outputs.slice([b, 0, 0], [1, 5, 4]).dataSync();
          expect(distance(rows.slice(0, 4 * length), alone.outputs.dataSync())).toBeLessThan(1e-6);
          expect([...rows.slice(4 * length)]).toEqual(new Array(4 * (5 - length)).fill(0));
          expect(distance(whole.last.slice([b, 0], [1, 4]).dataSync(), alone.last.dataSync())).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 8 },
    );
  });

  it('goes on from its states, and says what does not fit', () => {
    const { recurrence, params } = kinds.lstm(key(1));
    const weights = tensors(params) as Directions<LstmParams>;
    const x = drawn(2, [2, 6, 3]);
    const [first, second] = [x.slice([0, 0, 0], [2, 4, 3]), x.slice([0, 4, 0], [2, 2, 3])];
    const whole = bidirectional(weights, x, { recurrence });
    const ahead = recurrence(weights.forward, first).state;
    const back = recurrence(weights.backward, second.reverse(1)).state;
    const behind = bidirectional(weights, first, {
      recurrence,
      state: { forward: map(ahead, (t: tf.Tensor) => tf.zerosLike(t)) as never, backward: back },
    });
    expect(distance(behind.outputs.dataSync(), whole.outputs.slice([0, 0, 0], [2, 4, 4]).dataSync())).toBeLessThan(1e-6);
    const lengths = tf.tensor1d([6, 7], 'int32');
    expect(() => bidirectional(weights, x, { recurrence, lengths })).toThrow(
      'bidirectional: lengths are 1 … 6, the steps of x; got 7 at index 1',
    );
    expect(() => bidirectional(weights, x, { recurrence, lengths: tf.tensor1d([6, 2]) })).toThrow('int32 lengths [B] (these are float32)');
    expect(() => bidirectional(weights, x, { recurrence, lengths: tf.tensor1d([6, 2], 'int32'), state: whole.state })).toThrow(
      'a state goes on from sequences of one length, and lengths were given too',
    );
    expect(() => bidirectional(weights, x, { recurence: lstm } as never)).toThrow("there is no option 'recurence'");
  });
});

describe('stacked', () => {
  const params = initStacked(key(3), 3, (k, layer) => initGru(k, { inputs: layer === 0 ? 3 : 2, width: 2 }));
  const x = drawn(4, [2, 5, 3]);

  it('is one recurrence after the other, and goes on from their states', () => {
    const weights: Parameters<typeof gru>[0][] = tensors(params);
    const whole = stacked(weights, x, { recurrence: gru });
    const byHand = weights.reduce((h: tf.Tensor, layer) => gru(layer, h).outputs, x);
    expect(distance(whole.outputs.dataSync(), byHand.dataSync())).toBe(0);
    const first = stacked(weights, x.slice([0, 0, 0], [2, 3, 3]), { recurrence: gru });
    const rest = stacked(weights, x.slice([0, 3, 0], [2, 2, 3]), { recurrence: gru, state: first.state });
    expect(distance(rest.outputs.dataSync(), whole.outputs.slice([0, 3, 0], [2, 2, 2]).dataSync())).toBeLessThan(1e-6);
  });

  it('drops between its layers, and says what does not fit', () => {
    const weights: Parameters<typeof gru>[0][] = tensors(params);
    const masks = [tf.tensor3d([0, 2], [1, 1, 2]), tf.ones([1, 1, 2])];
    const dropped = stacked(weights, x, { recurrence: gru, masks });
    const byHand = gru(weights[2], gru(weights[1], gru(weights[0], x).outputs.mul(masks[0])).outputs).outputs;
    expect(distance(dropped.outputs.dataSync(), byHand.dataSync())).toBe(0);
    expect(() => stacked(weights, x, { recurrence: gru, masks: [masks[0]] })).toThrow(
      'there are 3 layers and 1 masks; give one for each layer but the last',
    );
    expect(() => stacked(weights, x, { recurrence: gru, state: [] })).toThrow('there are 3 layers and states of 0; give one for each');
    expect(() => stacked([], x, { recurrence: gru })).toThrow('stacked: the number of layers must be a whole number from 1 up, got 0');
    expect(() => initStacked(split(key(1))[0], 0, () => 0)).toThrow('initStacked: layers must be a whole number from 1 up, got 0');
  });
});
