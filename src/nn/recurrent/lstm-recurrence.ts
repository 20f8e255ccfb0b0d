import * as tf from '@tensorflow/tfjs';
import type { Steps } from './through-time.js';
import { byColumn, plus } from './time.js';

/** How an LSTM differs from `lstm`; in brackets the names of Greff et al., whose baseline has peepholes. */
export interface LstmVariant {
  /** The gates see the cell. Off by default (NP). */
  readonly peepholes?: boolean;
  /** false: i = 1 (NIG). */
  readonly inputGate?: boolean;
  /** false: f = 1 (NFG); 'coupled': f = 1 − i (CIFG). */
  readonly forgetGate?: boolean | 'coupled';
  /** false: o = 1 (NOG). */
  readonly outputGate?: boolean;
  /** false: the candidate g is linear (NIAF). */
  readonly inputActivation?: boolean;
  /** false: h = o ⊙ c (NOAF). */
  readonly outputActivation?: boolean;
  /** The gates see the gates of the step before (FGR). Off by default. */
  readonly gateRecurrence?: boolean;
}

/** Input, forget and output. */
export type Gate = 'i' | 'f' | 'o';

/** The gates that a variant computes; f is not one where it is 1 or coupled to i. */
export function gatesOf({ inputGate = true, forgetGate = true, outputGate = true }: LstmVariant): Gate[] {
  const has = { i: inputGate, f: forgetGate === true, o: outputGate };
  return (['i', 'f', 'o'] as const).filter((name) => has[name]);
}

/** What a step makes, all of one shape. */
interface Made {
  readonly i: tf.Tensor;
  readonly f: tf.Tensor;
  readonly o: tf.Tensor;
  readonly g: tf.Tensor;
  readonly c: tf.Tensor;
  /** tanh c, or c. */
  readonly squashed: tf.Tensor;
  readonly h: tf.Tensor;
}

/**
 * One step.
 *
 * @param z          xₜ wx + hₜ₋₁ wh + b, for gates + (i, f, o)ₜ₋₁ wg, of each gate that the variant has and of the candidate, all of one shape
 * @param before     the cell, of that shape
 * @param peepholes  of each gate
 */
export function stepOf(
  variant: LstmVariant,
  z: readonly tf.Tensor[],
  before: tf.Tensor,
  peepholes: readonly tf.Tensor[] | undefined,
): Made {
  const names = gatesOf(variant);
  const gate = (name: Gate, cell: tf.Tensor) => {
    const k = names.indexOf(name);
    if (k < 0) return tf.onesLike(cell);
    return (peepholes ? z[k].add(cell.mul(peepholes[k])) : z[k]).sigmoid();
  };
  const i = gate('i', before);
  const f = variant.forgetGate === 'coupled' ? tf.sub(1, i) : gate('f', before);
  const g = variant.inputActivation === false ? z[names.length] : z[names.length].tanh();
  const c = f.mul(before).add(i.mul(g));
  const o = gate('o', c);
  const squashed = variant.outputActivation === false ? c : c.tanh();
  return { i, f, o, g, c, squashed, h: o.mul(squashed) };
}

/** What the steps take, by gate, those that the variant has and then the candidate. */
export interface Weights {
  /** [K + 1, F + 1, D], the shift in the last row. */
  readonly shifted: tf.Tensor;
  /** [K + 1, S, D], of the S numbers that a step sees of the one before: h, and the gates where they are seen. */
  readonly recurrent: tf.Tensor;
  /** [K, 1, D] */
  readonly peepholes?: tf.Tensor;
}

/** What a step goes on from, all [1, B, D]: the gates where they are seen. */
export interface State extends Readonly<Partial<Record<Gate, tf.Tensor>>> {
  readonly h: tf.Tensor;
  readonly c: tf.Tensor;
}

/** What a step's backward needs: ∂cₜ/∂zᵢ, ∂cₜ/∂z_f, ∂hₜ/∂zₒ, ∂cₜ/∂z_g, ∂hₜ/∂cₜ, f, and where gates see gates the slope of each. */
interface Step {
  readonly cByI?: tf.Tensor;
  readonly cByF?: tf.Tensor;
  readonly hByO?: tf.Tensor;
  readonly cByG: tf.Tensor;
  readonly hByC: tf.Tensor;
  readonly f: tf.Tensor;
  readonly slopes: readonly tf.Tensor[];
}

/** What the backward needs. */
interface Kept {
  /** What each step saw, [1, T·B, S]. */
  readonly seen: tf.Tensor;
  /** With peepholes, the cell before the first step and after each, [1, (T + 1)·B, D]. */
  readonly cells?: tf.Tensor;
  readonly steps: readonly Step[];
}

/** The steps of a variant, forward and back through time. */
export const stepsOf = (variant: LstmVariant): Steps<Weights, State, Kept> => ({
  forward({ shifted, recurrent, peepholes }, rows, T, start) {
    const names = gatesOf(variant);
    const inputs = tf.split(rows.matMul(shifted), names.length + 1).map((z) => tf.split(z, T, 1)); // (K + 1) × T × [1, B, D]
    const ps = peepholes && tf.split(peepholes, names.length);
    const gatesIn = (of: Partial<Record<Gate, tf.Tensor>>) => (variant.gateRecurrence ? names.map((name) => of[name]!) : []);
    const hidden: tf.Tensor[] = [];
    const seen: tf.Tensor[] = [];
    const cells: tf.Tensor[] = [start.c];
    const steps: Step[] = [];
    let state = start;
    for (let t = 0; t < T; t++) {
      seen.push(tf.concat([state.h, ...gatesIn(state)], 2));
      const past = tf.split(seen[t].matMul(recurrent), names.length + 1);
      const z = inputs.map((input, k) => input[t].add(past[k]));
      const made = stepOf(variant, z, state.c, ps);
      const gates = gatesIn(made);
      steps.push({ ...slopesOf(variant, made, state.c), slopes: gates.map(throughSigmoid) });
      state = { h: made.h, c: made.c, ...Object.fromEntries(gates.map((gate, k) => [names[k], gate])) };
      hidden.push(state.h);
      cells.push(state.c);
    }
    return { hidden, state, saved: { seen: tf.concat(seen, 1), ...(ps && { cells: tf.concat(cells, 1) }), steps } };
  },
  backward({ shifted, recurrent, peepholes }, rows, { seen, cells, steps }, after) {
    const names = gatesOf(variant);
    const K = names.length;
    const ps = peepholes && tf.split(peepholes, K);
    // By what is seen instead of by the gate that sees it, [K + 1, D, (K + 1) D]: one product, of a row of ∂z, gives ∂h and those of the gates.
    const bySeen = variant.gateRecurrence && byColumn(recurrent).reshape([K + 1, -1, recurrent.shape[1]!]);
    const dz: tf.Tensor[] = [];
    let { h: dh, c: dc }: Partial<State> = after.state;
    let dGates: (tf.Tensor | undefined)[] = names.map((name) => after.state[name]); // by the step after, K × [1, B, D]
    for (let t = steps.length - 1; t >= 0; t--) {
      const { cByI, cByF, hByO, cByG, hByC, f, slopes } = steps[t];
      const ofGate = (name: Gate, d: tf.Tensor, slope: tf.Tensor | undefined) => {
        const k = names.indexOf(name);
        return slope && plus(d.mul(slope), dGates[k]?.mul(slopes[k]));
      };
      const toCell = (name: Gate, d: tf.Tensor | undefined) => d && ps?.[names.indexOf(name)].mul(d);
      dh = dh || after.hidden ? plus(dh, after.hidden?.[t]) : tf.zerosLike(f);
      const dO = ofGate('o', dh, hByO);
      dc = plus(plus(dh.mul(hByC), dc), toCell('o', dO));
      const [dI, dF, dG] = [ofGate('i', dc, cByI), ofGate('f', dc, cByF), dc.mul(cByG)];
      const found = [dI, dF, dO, dG].filter((d) => d !== undefined);
      dz[t] = tf.concat(found, 0); // [K + 1, B, D]
      dc = plus(plus(dc.mul(f), toCell('i', dI)), toCell('f', dF));
      if (bySeen) [dh, ...dGates] = tf.split(tf.concat(found, 2).matMul(bySeen, false, true), K + 1);
      else dh = tf.split(dz[t].matMul(recurrent, false, true), K + 1).reduce(plus);
    }
    const dZ = tf.concat(dz, 1); // [K + 1, T·B, D]
    const weights: Weights = {
      shifted: rows.matMul(dZ, true),
      recurrent: dZ.matMul(seen, true).transpose([0, 2, 1]), // a third faster than the product of both the other way round
      ...(cells && { peepholes: peepholesOf(variant, dZ, cells) }),
    };
    const wx = shifted.slice([0, 0, 0], [-1, shifted.shape[1]! - 1, -1]);
    const state: State = { h: dh!, c: dc!, ...(bySeen && Object.fromEntries(names.map((name, k) => [name, dGates[k]]))) };
    return { weights, rows: dZ.matMul(wx, false, true).sum(0, true), state };
  },
});

/** What a step's backward multiplies by, of what it made and the cell before. */
function slopesOf(variant: LstmVariant, { i, f, o, g, squashed, h }: Made, before: tf.Tensor): Omit<Step, 'slopes'> {
  const has = (name: Gate) => gatesOf(variant).includes(name);
  const alongI = variant.forgetGate === 'coupled' ? g.sub(before) : g;
  return {
    ...(has('i') && { cByI: alongI.mul(throughSigmoid(i)) }),
    ...(has('f') && { cByF: before.mul(throughSigmoid(f)) }),
    ...(has('o') && { hByO: h.mul(tf.sub(1, o)) }),
    cByG: variant.inputActivation === false ? i : i.mul(tf.sub(1, g.square())),
    hByC: variant.outputActivation === false ? o : o.mul(tf.sub(1, squashed.square())),
    f,
  };
}

/** The gradient of the peepholes, [K, 1, D]: the output gate sees the cell after the step, the others the one before. */
function peepholesOf(variant: LstmVariant, dZ: tf.Tensor, cells: tf.Tensor): tf.Tensor {
  const [rows, D] = [dZ.shape[1]!, dZ.shape[2]!];
  const gates = gatesOf(variant).map((name, k) => {
    const from = name === 'o' ? cells.shape[1]! - rows : 0;
    return dZ
      .slice([k], [1])
      .mul(cells.slice([0, from], [1, rows]))
      .sum(1, true);
  });
  return tf.concat(gates, 0).reshape([gates.length, 1, D]);
}

const throughSigmoid = (y: tf.Tensor): tf.Tensor => y.mul(tf.sub(1, y));
