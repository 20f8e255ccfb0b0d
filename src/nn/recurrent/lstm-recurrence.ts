import * as tf from '@tensorflow/tfjs';
import { firstOrder, flatten } from '../../tensor/index.js';
import type { LstmVariant } from './lstm-variants.js';
import { batchFirst, timeFirst } from './time.js';

type Gate = 'i' | 'f' | 'o';

/** The gates that a variant computes; f is not one where it is 1 or coupled to i. */
export function gatesOf({ inputGate = true, forgetGate = true, outputGate = true }: LstmVariant): Gate[] {
  const has = { i: inputGate, f: forgetGate === true, o: outputGate };
  return (['i', 'f', 'o'] as const).filter((name) => has[name]);
}

/** What a step makes; all [B, D], but for the gates that the variant has, side by side. */
interface Step {
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

/** The tensors that a backward needs, by name. */
interface Kept {
  readonly rows: tf.Tensor;
  readonly wx: tf.Tensor;
  readonly wh: tf.Tensor;
  readonly start: { readonly h: tf.Tensor; readonly c: tf.Tensor; readonly gates?: tf.Tensor };
  readonly steps: readonly Step[];
  readonly peepholes?: tf.Tensor;
  readonly wg?: tf.Tensor;
}

/**
 * The recurrence of `lstmVariant` of x, wx, wh, b, h₀, c₀, and of what the variant has of peepholes, wg and the gates at the start:
 * blocks [B, D] of every hₜ, then of the last cell, then, where they are state, of the last gates, as one tensor [B, T + …, D].
 */
export const recurrence = (variant: LstmVariant) =>
  firstOrder('lstmVariant', ([x, wx, wh, b, h, c, ...rest], save) => {
    const T = x.shape[1]!;
    const peepholes = variant.peepholes ? rest[0] : undefined;
    const [wg, gates] = variant.gateRecurrence ? rest.slice(-2) : [];
    const rows = timeFirst(x);
    const start = { h, c, gates };
    const steps: Step[] = [];
    for (const input of tf.split(rows.matMul(wx).add(b), T, 0)) {
      const before = steps.at(-1) ?? start;
      const z = input.add(before.h.matMul(wh));
      steps.push(stepOf(variant, z, before.c, { peepholes, recurrent: wg && before.gates!.matMul(wg) }));
    }
    const kept = flatten<tf.Tensor>({ rows, wx, wh, start, steps, peepholes, wg } as never);
    save(kept.leaves);
    const last = steps[T - 1];
    const blocks = [...steps.map(({ h }) => h), last.c, ...(wg ? tf.split(last.gates, gatesOf(variant).length, 1) : [])];
    return {
      value: tf.stack(blocks, 1),
      backward: (dy, saved) => backward(variant, kept.unflatten(saved) as unknown as Kept, tf.unstack(dy, 1)),
    };
  });

function backward(variant: LstmVariant, { rows, wx, wh, start, steps, peepholes, wg }: Kept, dOut: tf.Tensor[]): tf.Tensor[] {
  const T = steps.length;
  const names = gatesOf(variant);
  const ps = peepholes && tf.split(peepholes, names.length, 0);
  const dz: tf.Tensor[] = [];
  let dh: tf.Tensor = tf.zerosLike(start.h);
  let dc = dOut[T];
  let dGates = dOut.slice(T + 1); // from the step after, K × [B, D]
  for (let t = T - 1; t >= 0; t--) {
    const { i, f, o, g, squashed } = steps[t];
    const before = (steps[t - 1] ?? start).c;
    const through = (name: Gate, d: tf.Tensor, gate: tf.Tensor) => {
      const k = names.indexOf(name);
      return k < 0 ? undefined : sum(d, dGates[k]).mul(gate).mul(tf.sub(1, gate));
    };
    const toCell = (name: Gate, d: tf.Tensor | undefined) => d && ps?.[names.indexOf(name)].mul(d);
    dh = dh.add(dOut[t]);
    const dO = through('o', dh.mul(squashed), o);
    const dSquashed = dh.mul(o);
    dc = dc.add(variant.outputActivation === false ? dSquashed : dSquashed.mul(tf.sub(1, squashed.square())));
    dc = sum(dc, toCell('o', dO));
    const dI = through('i', dc.mul(variant.forgetGate === 'coupled' ? g.sub(before) : g), i);
    const dF = through('f', dc.mul(before), f);
    const dG = variant.inputActivation === false ? dc.mul(i) : dc.mul(i).mul(tf.sub(1, g.square()));
    const dZ = [dI, dF, dO].filter((d) => d !== undefined);
    dz[t] = tf.concat([...dZ, dG], 1); // [B, (K + 1) D]
    dc = sum(sum(dc.mul(f), toCell('i', dI)), toCell('f', dF));
    dh = dz[t].matMul(wh, false, true);
    if (wg) dGates = tf.split(tf.concat(dZ, 1).matMul(wg, false, true), names.length, 1);
  }
  const dZ = tf.concat(dz, 0); // [T·B, (K + 1) D]
  const found = [start, ...steps.slice(0, -1)]; // what each step found
  const overTime = (at: typeof found, part: 'h' | 'c' | 'gates') =>
    tf.concat(
      at.map((s) => s[part]!),
      0,
    );
  const dx = batchFirst(dZ.matMul(wx, false, true), T);
  const grads = [dx, rows.matMul(dZ, true), overTime(found, 'h').matMul(dZ, true), dZ.sum(0), dh, dc];
  const blocks = tf.split(dZ, names.length + 1, 1);
  if (ps) grads.push(tf.stack(names.map((name, k) => blocks[k].mul(overTime(name === 'o' ? [...steps] : found, 'c')).sum(0))));
  if (wg) grads.push(overTime(found, 'gates').matMul(tf.concat(blocks.slice(0, -1), 1), true), tf.concat(dGates, 1));
  return grads;
}

const sum = (a: tf.Tensor, b: tf.Tensor | undefined): tf.Tensor => (b ? a.add(b) : a);
