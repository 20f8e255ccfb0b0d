import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import type { LstmConfig, LstmParams, LstmState } from './lstm.js';
import { gatesOf, type LstmVariant, type State, stepOf, stepsOf, type Weights } from './lstm-recurrence.js';
import type { Recurrence } from './rnn.js';
import { backThroughTime, forwardThroughTime } from './through-time.js';
import { byColumn, byGate, plus, rowsWithOnes } from './time.js';

/** Weights of a variant with K gates; the K + 1 blocks of columns are those of i, f, o that it has, then the candidate g. */
export interface LstmVariantParams<T = tf.Tensor> extends LstmParams<T> {
  /** p [K, D], with `peepholes`. */
  readonly peepholes?: T;
  /** wg [K D, K D], with `gateRecurrence`. */
  readonly gates?: T;
}

/** Where a sequence left off: h and c [B, D], and with `gateRecurrence` the gates side by side, [B, K D]. */
export interface LstmVariantState<T = tf.Tensor> extends LstmState<T> {
  readonly gates?: T;
}

/** The variant, the same in every call with the same weights, and the state. */
export interface LstmVariantOptions extends LstmVariant {
  /** As a call before returned it; zeros when left out. */
  readonly state?: LstmVariantState;
}

const VARIANT = [
  'peepholes',
  'inputGate',
  'forgetGate',
  'outputGate',
  'inputActivation',
  'outputActivation',
  'gateRecurrence',
] as const satisfies (keyof LstmVariant)[];

/** All weights uniform on ±1/√D, PyTorch's default. */
export function initLstmVariant(key: Key, config: LstmConfig & LstmVariant): LstmVariantParams<HostArray<Float32Array>> {
  checkOptions('initLstmVariant', config, ['inputs', 'width', ...VARIANT]);
  const { inputs, width, ...variant } = config;
  const K = gatesOf(variant).length;
  const [forX, forH, forB, forPeepholes, forGates] = split(key, 5);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(width), k, shape);
  return {
    wx: weights(forX, [inputs, (K + 1) * width]),
    wh: weights(forH, [width, (K + 1) * width]),
    b: weights(forB, [(K + 1) * width]),
    ...(variant.peepholes && { peepholes: weights(forPeepholes, [K, width]) }),
    ...(variant.gateRecurrence && { gates: weights(forGates, [K * width, K * width]) }),
  };
}

function startOf(B: number, D: number, variant: LstmVariant): LstmVariantState {
  const start = { h: tf.zeros([B, D]), c: tf.zeros([B, D]) };
  return variant.gateRecurrence ? { ...start, gates: tf.zeros([B, gatesOf(variant).length * D]) } : start;
}

/**
 * A long short-term memory in the variants of Greff's study.
 *
 *     i, f = σ(z + p ⊙ cₜ₋₁)    g = tanh z    cₜ = f ⊙ cₜ₋₁ + i ⊙ g    o = σ(z + p ⊙ cₜ)    hₜ = o ⊙ tanh cₜ
 *
 * with z the block of xₜ wx + hₜ₋₁ wh + b, for gates + (i, f, o)ₜ₋₁ wg. Without a variant this is `lstm`, whose weights fit.
 *
 * @param params  weights of the variant's K gates, see `LstmVariantParams`
 * @param x       [B, T, F]
 * @returns       every hₜ [B, T, D], and the state after the last step
 * @throws        when the weights or the state do not fit x, each other or the variant, or x is empty
 *
 *     ∂zₒ = ∂h ⊙ tanh c ⊙ o(1 − o)    ∂c += ∂h ⊙ o ⊙ (1 − tanh² c) + pₒ ⊙ ∂zₒ    ∂zᵢ = ∂c ⊙ g ⊙ i(1 − i)    ∂z_f = ∂c ⊙ cₜ₋₁ ⊙ f(1 − f)
 *
 *     ∂z_g = ∂c ⊙ i ⊙ (1 − g²)    ∂hₜ₋₁ += ∂z whᵀ    ∂cₜ₋₁ = ∂c ⊙ f + pᵢ ⊙ ∂zᵢ + p_f ⊙ ∂z_f    ∂(i, f, o)ₜ₋₁ = ∂z wgᵀ
 *
 * Greff et al. 2017, section 2 and appendix A, with the gates in the order i, f, o. As in `lstm`, ∂z of all steps are collected, and
 * each weight's gradient is one product over B·T rows. With peepholes: thm:lstm-backward (c).
 */
export const lstmVariant = layer({
  name: 'lstmVariant',
  forward(params: LstmVariantParams, x: tf.Tensor, options: LstmVariantOptions = {}) {
    checkOptions('lstmVariant', options, [...VARIANT, 'state']);
    const { state, ...variant } = options;
    const start = state ?? startOf(x.shape[0], params.wh.shape[0], variant);
    checkShapes(params, x, variant, start);
    const K = gatesOf(variant).length;
    const { wx, wh, b, peepholes, gates } = params;
    const weights: Weights = {
      shifted: byGate(tf.concat([wx, b.expandDims(0)], 0), K + 1),
      recurrent: byGate(gates ? tf.concat([wh, tf.concat([gates, tf.zeros([gates.shape[0], wh.shape[0]])], 1)], 0) : wh, K + 1),
      ...(peepholes && { peepholes: peepholes.expandDims(1) }),
    };
    const rows = rowsWithOnes(x);
    const { hidden, state: last, saved } = forwardThroughTime(stepsOf(variant), weights, rows, x.shape[1]!, apart(start, variant));
    const value: Recurrence<LstmVariantState> = { outputs: tf.concat(hidden, 0).transpose([1, 0, 2]), state: joined(last, variant) };
    return { value, saved: { variant, rows, weights, through: saved } };
  },
  backward({ outputs, state }, { variant, rows, weights, through }) {
    const F = rows.shape[2]! - 1;
    const after = { hidden: outputs?.transpose([1, 0, 2]), state: apart(state, variant) };
    const found = backThroughTime(stepsOf(variant), weights, rows, through, after);
    const dInput = byColumn(found.weights.shifted); // [F + 1, (K + 1) D]
    const dRecurrent = byColumn(found.weights.recurrent); // [D, (K + 1) D], or [(K + 1) D, (K + 1) D]
    const [D, { peepholes }] = [weights.recurrent.shape[2]!, found.weights];
    const dParams: LstmVariantParams = {
      wx: dInput.slice(0, F),
      wh: dRecurrent.slice(0, D),
      b: dInput.slice(F).squeeze([0]),
      ...(peepholes && { peepholes: peepholes.squeeze([1]) }),
      ...(variant.gateRecurrence && { gates: dRecurrent.slice([D, 0], [-1, gatesOf(variant).length * D]) }),
    };
    const dx = found.rows.reshape([through.T, -1, F]).transpose([1, 0, 2]);
    return [dParams, dx, { state: joined(found.state, variant) }];
  },
  plain({ wx, wh, b, peepholes, gates: wg }, x, { state, ...variant } = {}) {
    const K = gatesOf(variant).length;
    const ps = peepholes && tf.split(peepholes, K); // K × [1, D]
    let { h, c, gates } = state ?? startOf(x.shape[0], wh.shape[0], variant);
    const hidden = x.unstack(1).map((xt) => {
      const z = tf.split(xt.matMul(wx).add(h.matMul(wh)).add(b), K + 1, 1);
      const ofGates = wg && tf.split(gates!.matMul(wg), K, 1);
      const made = stepOf(
        variant,
        z.map((z, k) => plus(z, ofGates?.[k])),
        c,
        ps,
      );
      ({ h, c } = made);
      if (wg)
        gates = tf.concat(
          gatesOf(variant).map((name) => made[name]),
          1,
        );
      return h;
    });
    return { outputs: tf.stack(hidden, 1), state: { h, c, ...(gates && { gates }) } };
  },
});

/** A state as the steps have it: each part with an axis of length 1 before the others, and the gates apart. */
function apart<S extends Partial<LstmVariantState>>(
  { h, c, gates }: S,
  variant: LstmVariant,
): S extends LstmVariantState ? State : Partial<State> {
  const names = gatesOf(variant);
  const parts = gates ? tf.split(gates, names.length, 1).map((gate, k) => [names[k], gate.expandDims(0)]) : [];
  return { ...(h && { h: h.expandDims(0) }), ...(c && { c: c.expandDims(0) }), ...Object.fromEntries(parts) };
}

/** The way back. */
function joined(state: State, variant: LstmVariant): LstmVariantState {
  const gates =
    variant.gateRecurrence &&
    tf.concat(
      gatesOf(variant).map((name) => state[name]!),
      2,
    );
  return { h: state.h.squeeze([0]), c: state.c.squeeze([0]), ...(gates && { gates: gates.squeeze([0]) }) };
}

function checkShapes(
  { wx, wh, b, peepholes, gates }: LstmVariantParams,
  x: tf.Tensor,
  variant: LstmVariant,
  state: LstmVariantState,
): void {
  const [B, D, K] = [x.shape[0], wh.shape[0], gatesOf(variant).length];
  if (K === 0 || (variant.forgetGate === 'coupled' && variant.inputGate === false))
    throw new Error('lstmVariant needs a gate, and a forget gate coupled to the input gate needs that one; set fewer gates to false');
  const wide = (K + 1) * D;
  const allowed: [string, tf.Tensor | undefined, number[] | undefined][] = [
    ['x', x, [Math.max(B, 1), Math.max(x.shape[1]!, 1), wx.shape[0]]],
    ['wx', wx, [x.shape[2]!, wide]],
    ['wh', wh, [D, wide]],
    ['b', b, [wide]],
    ['state.h', state.h, [B, D]],
    ['state.c', state.c, [B, D]],
    ['peepholes', peepholes, variant.peepholes ? [K, D] : undefined],
    ['gates', gates, variant.gateRecurrence ? [K * D, K * D] : undefined],
    ['state.gates', state.gates, variant.gateRecurrence ? [B, K * D] : undefined],
  ];
  const wrong = allowed.find(([, t, shape]) => `${t?.shape}` !== `${shape}`);
  if (!wrong) return;
  const [name, t, shape] = wrong;
  const rule = shape ? `${name} must be [${shape}] in an LSTM with ${K} gates and width ${D}` : `the variant has no ${name}: leave it out`;
  throw shapeError(`lstmVariant: ${rule}`, { x, wx, wh, ...(t && { [name]: t }) });
}
