import * as tf from '@tensorflow/tfjs';
import { describeLayer, type LayerCase } from '../../../tests/support/layers.js';
import { fold, key, normal } from '../../base/index.js';
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by ../reference/recurrent.py with PyTorch 2.13
import { gru } from './gru.js';
import { type LstmState, lstm, lstmLast } from './lstm.js';
import type { LstmVariant } from './lstm-recurrence.js';
import { lstmVariant } from './lstm-variants.js';
import { type Recurrence, rnn } from './rnn.js';

// More than 64 steps are a loop over blocks of 16, after the first 67 % 16 = 3 of them.
const long = (...shapes: number[][]) => [[1, 67, 1], ...shapes].map((shape, i) => normal(fold(key(1), i), shape));

/** Outputs and state as one tensor, [B, T + …, D]. */
const whole = ({ outputs, state }: Recurrence<object>) =>
  tf.concat([outputs, ...Object.values(state as Record<string, tf.Tensor>).map((s) => s.reshape([s.shape[0], -1, outputs.shape[2]!]))], 1);

describeLayer(rnn, {
  PyTorch: { call: (x, h, wx, wh, b) => rnn({ wx, wh, b }, x, { state: { h } }).outputs, reference: reference.rnn },
  'outputs and state': { call: (x, h, wx, wh, b) => whole(rnn({ wx, wh, b }, x, { state: { h } })), inputs: reference.rnn.inputs },
  'the state alone': { call: (x, _, wx, wh, b) => rnn({ wx, wh, b }, x).state.h, inputs: reference.rnn.inputs },
  'a loop': { call: (x, wx, wh, b) => whole(rnn({ wx, wh, b }, x)), inputs: long([1, 2], [2, 2], [2]) },
});

describeLayer(gru, {
  PyTorch: { call: (x, h, wx, wh, b, bn) => gru({ wx, wh, b, bn }, x, { state: { h } }).outputs, reference: reference.gru },
  'outputs and state': {
    call: (x, h, wx, wh, b, bn) => whole(gru({ wx, wh, b, bn }, x, { state: { h } })),
    inputs: reference.gru.inputs,
  },
  'the state alone': { call: (x, _, wx, wh, b, bn) => gru({ wx, wh, b, bn }, x).state.h, inputs: reference.gru.inputs },
  'a loop': { call: (x, wx, wh, b, bn) => whole(gru({ wx, wh, b, bn }, x)), inputs: long([1, 3], [1, 3], [3], [1]) },
});

const { NP } = reference;
const from = (pick: (r: Recurrence<LstmState>) => tf.Tensor): LayerCase => ({
  call: (x, h, c, wx, wh, b) => pick(lstm({ wx, wh, b }, x, { state: { h, c } })),
  inputs: NP.inputs,
});
describeLayer(lstm, {
  PyTorch: { call: (x, wx, wh, b) => lstm({ wx, wh, b }, x).outputs, reference: pytorch.lstm },
  "the paper's equations under PyTorch, from a state": {
    call: (x, h, c, wx, wh, b) => {
      const { outputs, state } = lstm({ wx, wh, b }, x, { state: { h, c } });
      return tf.concat([outputs, state.c.expandDims(1)], 1);
    },
    reference: NP,
  },
  'the last output': { call: (x, wx, wh, b) => lstmLast({ wx, wh, b }, x), inputs: pytorch.lstm.inputs },
  'outputs and state': from(whole),
  'the cell alone': from(({ state }) => state.c),
  'a loop': { call: (x, wx, wh, b) => whole(lstm({ wx, wh, b }, x)), inputs: long([1, 4], [1, 4], [4]) },
});

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

/** Every hₜ, then the state, as the reference has them: [B, T + …, D]. */
const blocks =
  (variant: LstmVariant) =>
  (...inputs: tf.Tensor[]) => {
    const [x, h, c, wx, wh, b, ...rest] = inputs;
    const recurs = variant.gateRecurrence;
    const weights = { wx, wh, b, ...(variant.peepholes && { peepholes: rest[0] }), ...(recurs && { gates: rest.at(-2)! }) };
    const { outputs, state } = lstmVariant(weights, x, { ...variant, state: { h, c, ...(recurs && { gates: rest.at(-1)! }) } });
    const [B, , D] = outputs.shape;
    return tf.concat([outputs, state.c.expandDims(1), ...(state.gates ? [state.gates.reshape([B, -1, D!])] : [])], 1);
  };
describeLayer(lstmVariant, {
  ...Object.fromEntries(
    Object.entries(VARIANTS).map(([name, variant]) => [
      name,
      { call: blocks(variant), reference: reference[name as keyof typeof VARIANTS] },
    ]),
  ),
  'the last output of V': {
    call: (x, h, c, wx, wh, b, p) => lstmVariant({ wx, wh, b, peepholes: p }, x, { ...VARIANTS.V, state: { h, c } }).state.h,
    inputs: reference.V.inputs,
  },
  'a loop, FGR': {
    call: (x, wx, wh, b, peepholes, gates) => {
      const { outputs, state } = lstmVariant({ wx, wh, b, peepholes, gates }, x, VARIANTS.FGR);
      return tf.concat([outputs.flatten(), state.c.flatten(), state.gates!.flatten()]);
    },
    inputs: long([1, 4], [1, 4], [4], [3, 1], [3, 3]),
  },
});
