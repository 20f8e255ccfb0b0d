import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { lstm } from './lstm.js';
import { initLstmVariant, type LstmState, type LstmVariant, lstmVariant, lstmVariantPlain } from './lstm-variants.js';

const peepholes = true;
const VARIANTS = {
  V: { peepholes },
  NIG: { peepholes, inputGate: false },
  NFG: { peepholes, forgetGate: false },
  NOG: { peepholes, outputGate: false },
  NIAF: { peepholes, inputActivation: false },
  NOAF: { peepholes, outputActivation: false },
  CIFG: { peepholes, forgetGate: 'coupled' },
  NP: {},
  FGR: { peepholes, gateRecurrence: true },
} as const satisfies Record<string, LstmVariant>;
type Name = keyof typeof VARIANTS;
const names = Object.keys(VARIANTS) as Name[];

/** Every hₜ, then the state, as the reference has them: [B, T + …, D]. */
function blocks({ hidden, state: { c, gates } }: { hidden: tf.Tensor; state: LstmState }): tf.Tensor {
  const [B, D] = c.shape;
  return tf.concat([hidden, c.expandDims(1), ...(gates ? [gates.reshape([B, -1, D!])] : [])], 1);
}

const on =
  (f: typeof lstmVariant, variant: LstmVariant) =>
  (...inputs: tf.Tensor[]) => {
    const [x, h, c, wx, wh, b, ...rest] = inputs;
    const weights = { wx, wh, b, ...(variant.peepholes && { peepholes: rest[0] }) };
    if (!variant.gateRecurrence) return blocks(f(weights, x, variant, { h, c }));
    return blocks(f({ ...weights, gates: rest.at(-2)! }, x, variant, { h, c, gates: rest.at(-1)! }));
  };

describe.each(names)('lstmVariant %s', (name) => {
  const variant: LstmVariant = VARIANTS[name];

  it("equals the paper's equations under PyTorch, forward and backward", () => expectReference(on(lstmVariant, variant), reference[name]));

  it('backward agrees with differences and autodiff', () =>
    expectThreeWays(on(lstmVariant, variant), on(lstmVariantPlain, variant), reference[name].inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(on(lstmVariant, variant), reference[name].inputs));
});

describe('lstmVariant', () => {
  it('is lstm when nothing is set', () => {
    const [x, h, , ...weights] = reference.NP.inputs;
    const zero = { ...h, data: h.data.map(() => 0) };
    const all = inDouble((x, h, c, wx, wh, b) => lstmVariant({ wx, wh, b }, x, {}, { h, c }).hidden, [x, zero, zero, ...weights]);
    const common = inDouble((x, wx, wh, b) => lstm({ wx, wh, b }, x), [x, ...weights]);
    expect(distance(all.y, common.y)).toBeLessThan(1e-14);
    for (const [i, g] of common.grads.entries()) expect(distance(all.grads[i === 0 ? 0 : i + 2], g)).toBeLessThan(1e-13);
  });

  it.each(['V', 'FGR'] as const)('%s goes on from the state where it left off', (name) => {
    const variant: LstmVariant = VARIANTS[name];
    const halves = (...inputs: tf.Tensor[]) => {
      const [x, h, c, wx, wh, b, peepholes, gates, gates0] = inputs;
      const weights = { wx, wh, b, peepholes, ...(gates && { gates }) };
      const first = lstmVariant(weights, x.slice([0, 0, 0], [2, 2, 2]), variant, { h, c, ...(gates && { gates: gates0 }) });
      const second = lstmVariant(weights, x.slice([0, 2, 0], [2, 1, 2]), variant, first.state);
      return blocks({ hidden: tf.concat([first.hidden, second.hidden], 1), state: second.state });
    };
    const { inputs, dy } = reference[name];
    const [whole, parts] = [on(lstmVariant, variant), halves].map((layer) => inDouble(layer, inputs, dy));
    expect(distance(parts.y, whole.y)).toBeLessThan(1e-14);
    for (const [i, g] of parts.grads.entries()) expect(distance(g, whole.grads[i]), `gradient ${i}`).toBeLessThan(1e-13);
  });

  it('has weights for the gates that it has', () => {
    const shapes = (variant: LstmVariant) =>
      Object.fromEntries(Object.entries(initLstmVariant(key(1), { inputs: 3, width: 2, ...variant })).map(([name, w]) => [name, w.shape]));
    expect(shapes(VARIANTS.CIFG)).toEqual({ wx: [3, 6], wh: [2, 6], b: [6], peepholes: [2, 2] });
    expect(shapes(VARIANTS.FGR)).toEqual({ wx: [3, 8], wh: [2, 8], b: [8], peepholes: [3, 2], gates: [6, 6] });
  });

  it('names what does not fit the variant', () => {
    const params = { wx: tf.zeros([2, 12]), wh: tf.zeros([3, 12]), b: tf.zeros([12]) };
    const x = tf.zeros([5, 4, 2]);
    expect(() => lstmVariant(params, x, { forgetGate: 'coupled' })).toThrow(
      'lstmVariant: wx must be [2,9] in an LSTM with 2 gates and width 3: got x [5,4,2], wx [2,12], wh [3,12]',
    );
    expect(() => lstmVariant(params, x, { peepholes: true })).toThrow('lstmVariant: peepholes must be [3,3]');
    expect(() => lstmVariant({ ...params, peepholes: x }, x)).toThrow('lstmVariant: the variant has no peepholes: leave it out');
    expect(() => lstmVariant(params, x, {}, { h: tf.zeros([5, 3]), c: tf.zeros([4, 3]) })).toThrow('state.c must be [5,3]');
    expect(() => lstmVariant(params, tf.zeros([5, 0, 2]))).toThrow('lstmVariant: x must be [5,1,2]');
    expect(() => lstmVariant(params, x, { inputGate: false, forgetGate: 'coupled' })).toThrow('a forget gate coupled to the input gate');
  });
});
