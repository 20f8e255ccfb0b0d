import * as tf from '@tensorflow/tfjs';
import type { Steps } from './through-time.js';
import { plus } from './time.js';

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

type Gate = 'i' | 'f' | 'o';

/** The gates that a variant computes; f is not one where it is 1 or coupled to i. */
export function gatesOf({ inputGate = true, forgetGate = true, outputGate = true }: LstmVariant): Gate[] {
  const has = { i: inputGate, f: forgetGate === true, o: outputGate };
  return (['i', 'f', 'o'] as const).filter((name) => has[name]);
}

/** What a step makes; all [B, D], but for the gates that the variant has, side by side. */
export interface Step {
  readonly i: tf.Tensor;
  readonly f: tf.Tensor;
  readonly o: tf.Tensor;
  readonly g: tf.Tensor;
  readonly c: tf.Tensor;
  /** tanh c, or c. */
  readonly squashed: tf.Tensor;
  readonly h: tf.Tensor;
  readonly gates: tf.Tensor;
}

/** One step from z = xₜ wx + hₜ₋₁ wh + b, the cell before, and what the gates before add to z. */
export function stepOf(
  variant: LstmVariant,
  z: tf.Tensor,
  before: tf.Tensor,
  { peepholes, recurrent }: { peepholes?: tf.Tensor; recurrent?: tf.Tensor },
): Step {
  const D = before.shape[1]!;
  const names = gatesOf(variant);
  const [zGates, zCandidate] = tf.split(z, [names.length * D, D], 1);
  const zs = tf.split(recurrent ? zGates.add(recurrent) : zGates, names.length, 1);
  const ps = peepholes && tf.split(peepholes, names.length, 0); // K × [1, D]
  const gate = (name: Gate, cell: tf.Tensor) => {
    const k = names.indexOf(name);
    if (k < 0) return tf.onesLike(cell);
    return (ps ? zs[k].add(cell.mul(ps[k])) : zs[k]).sigmoid();
  };
  const i = gate('i', before);
  const f = variant.forgetGate === 'coupled' ? tf.sub(1, i) : gate('f', before);
  const g = variant.inputActivation === false ? zCandidate : zCandidate.tanh();
  const c = f.mul(before).add(i.mul(g));
  const o = gate('o', c);
  const squashed = variant.outputActivation === false ? c : c.tanh();
  const gates = tf.concat(
    names.map((name) => ({ i, f, o })[name]),
    1,
  );
  return { i, f, o, g, c, squashed, h: o.mul(squashed), gates };
}

/** Weights as `LstmVariantParams` has them; those that the variant has not are absent. */
interface Weights {
  readonly wx: tf.Tensor;
  readonly wh: tf.Tensor;
  readonly b: tf.Tensor;
  readonly peepholes?: tf.Tensor;
  readonly gates?: tf.Tensor;
}

interface State {
  readonly h: tf.Tensor;
  readonly c: tf.Tensor;
  readonly gates?: tf.Tensor;
}

/** What the backward needs: the state before the first step, and what each step made. */
interface Kept {
  readonly start: State;
  readonly steps: readonly Step[];
}

/** The steps of a variant, forward and back through time. */
export const stepsOf = (variant: LstmVariant): Steps<Weights, State, Kept> => ({
  forward({ wx, wh, b, peepholes, gates: wg }: Weights, rows, T, start) {
    const steps: Step[] = [];
    for (const input of tf.split(rows.matMul(wx).add(b), T, 0)) {
      const before: State = steps.at(-1) ?? start;
      const z = input.add(before.h.matMul(wh));
      steps.push(stepOf(variant, z, before.c, { peepholes, recurrent: wg && before.gates!.matMul(wg) }));
    }
    const last = steps[T - 1];
    return { hidden: steps.map(({ h }) => h), state: stateAfter(last, variant), saved: { start, steps } };
  },
  backward({ wx, wh, peepholes, gates: wg }: Weights, rows, { start, steps }, after) {
    const names = gatesOf(variant);
    const ps = peepholes && tf.split(peepholes, names.length, 0);
    const dz: tf.Tensor[] = [];
    let { h: dh, c: dc }: Partial<State> = after.state;
    const afterGates: tf.Tensor | undefined = after.state.gates;
    let dGates = afterGates && tf.split(afterGates, names.length, 1); // from the step after, K × [B, D]
    for (let t = steps.length - 1; t >= 0; t--) {
      const { i, f, o, g, squashed } = steps[t];
      const before = (steps[t - 1] ?? start).c;
      const through = (name: Gate, d: tf.Tensor, gate: tf.Tensor) => {
        const k = names.indexOf(name);
        return k < 0 ? undefined : plus(d, dGates?.[k]).mul(gate).mul(tf.sub(1, gate));
      };
      const toCell = (name: Gate, d: tf.Tensor | undefined) => d && ps?.[names.indexOf(name)].mul(d);
      dh = dh || after.hidden ? plus(dh, after.hidden?.[t]) : tf.zerosLike(before);
      const dO = through('o', dh.mul(squashed), o);
      const dSquashed = dh.mul(o);
      dc = plus(dc, variant.outputActivation === false ? dSquashed : dSquashed.mul(tf.sub(1, squashed.square())));
      dc = plus(dc, toCell('o', dO));
      const dI = through('i', dc.mul(variant.forgetGate === 'coupled' ? g.sub(before) : g), i);
      const dF = through('f', dc.mul(before), f);
      const dG = variant.inputActivation === false ? dc.mul(i) : dc.mul(i).mul(tf.sub(1, g.square()));
      const dZ = [dI, dF, dO].filter((d) => d !== undefined);
      dz[t] = tf.concat([...dZ, dG], 1); // [B, (K + 1) D]
      dc = plus(plus(dc.mul(f), toCell('i', dI)), toCell('f', dF));
      dh = dz[t].matMul(wh, false, true);
      if (wg) dGates = tf.split(tf.concat(dZ, 1).matMul(wg, false, true), names.length, 1);
    }
    const dZ = tf.concat(dz, 0); // [T·B, (K + 1) D]
    const found = [start, ...steps.slice(0, -1)]; // what each step found
    const overTime = (at: readonly State[], part: 'h' | 'c' | 'gates') =>
      tf.concat(
        at.map((s) => s[part]!),
        0,
      );
    const blocks = tf.split(dZ, names.length + 1, 1);
    const weights: Weights = {
      wx: rows.matMul(dZ, true),
      wh: overTime(found, 'h').matMul(dZ, true),
      b: dZ.sum(0),
      ...(ps && { peepholes: tf.stack(names.map((name, k) => blocks[k].mul(overTime(name === 'o' ? steps : found, 'c')).sum(0))) }),
      ...(wg && { gates: overTime(found, 'gates').matMul(tf.concat(blocks.slice(0, -1), 1), true) }),
    };
    const state: State = { h: dh!, c: dc!, ...(wg && { gates: tf.concat(dGates!, 1) }) };
    return { weights, rows: dZ.matMul(wx, false, true), state };
  },
});

/** The part of a step that the next one, or the next call, goes on from. */
export const stateAfter = ({ h, c, gates }: State, { gateRecurrence }: LstmVariant): State => (gateRecurrence ? { h, c, gates } : { h, c });
