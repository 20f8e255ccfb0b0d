import type * as tf from '@tensorflow/tfjs';
import { fold, type Key, sizeOf } from '../../base/index.js';
import { checkKey, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { checkClassLabels } from '../../nn/index.js';
import { compile } from '../../tensor/index.js';
import { type Ball, checkBall } from '../ball.js';
import { apgd } from './apgd.js';
import { type Attacked, byGroups, checkImages, checkSamples, type Grouping, type Logits, type Samples } from './classified.js';
import { fab } from './fab.js';
import { square } from './square.js';

/** The four attacks. */
const ATTACKS = ['APGD-CE', 'APGD-T', 'FAB-T', 'Square'] as const;

/** The ball in L∞, and what each attack may spend. */
export interface AutoAttackOptions extends Ball, Grouping {
  /** L∞, the only norm of all four. */
  readonly norm?: 'linf';
  /** Where starts, squares and signs come from. */
  readonly key: Key;
  /** Gradients that APGD and FAB follow, for each target; 100 when left out. */
  readonly steps?: number;
  /** Classes that APGD and FAB try for each sample, those of the largest logits; 9 when left out, or as many as there are others. */
  readonly targets?: number;
  /** Queries of Square; 5,000 when left out. */
  readonly queries?: number;
  /** Which of the four, in their order; all when left out. A long attack is cut in pieces by them, each on what withstood the piece before. */
  readonly attacks?: readonly (typeof ATTACKS)[number][];
  /** Told after each part of an attack, so that a long one says how far it is. */
  readonly onAttack?: (report: AttackReport) => void;
}

/** What one part of the attack did. */
export interface AttackReport {
  /** `clean`, `APGD-CE`, `APGD-T 3` for the third target, `FAB-T 3` or `Square`. */
  readonly attack: string;
  /** Samples that it was tried on: those that withstood all before. */
  readonly tried: number;
  /** Of these, how many it fooled. */
  readonly fooled: number;
}

/** What withstood all attacks. */
export interface AutoAttacked extends Attacked {
  /** The share of the samples that are classified rightly after all attacks: an upper bound of the robust accuracy. */
  readonly robustAccuracy: number;
  /** What each part did, in the order in which they were tried. */
  readonly attacks: readonly AttackReport[];
}

/**
 * The four attacks of AutoAttack, one after the other, each only on the samples that withstood those before: APGD on the cross-entropy, APGD on
 * the difference of logits ratio towards one class after another, FAB likewise, and Square, which follows no gradient.
 *
 *     const { robustAccuracy } = await autoAttack((x) => cnn(params, x), { x: images, y: labels }, { epsilon: 0.3, box: [0, 1], key: key(1) });
 *
 * Each attack is a program of its own, compiled before it runs, which of a small net takes longer than the run. Features [N, K] go as images [N, K, 1, 1].
 *
 * @param logits   [B, C] of images [B, rows, columns, F], with C ≥ 4
 * @param samples  x [N, rows, columns, F] inside the box where there is one, and y [N]
 * @throws         when the ball or a number is not one, there are fewer than four classes, a label is none of them, or the samples are no images or do not fit
 *
 * Croce & Hein 2020, the "standard" version of their code: one start an attack, 9 targets, 100 steps, 5,000 queries.
 */
export async function autoAttack(logits: Logits, samples: Samples, options: AutoAttackOptions): Promise<AutoAttacked> {
  checkOptions('autoAttack', options, ['norm', 'epsilon', 'box', 'key', 'steps', 'targets', 'queries', 'group', 'attacks', 'onAttack']);
  const { key, steps = 100, targets = 9, queries, group, attacks: chosen = ATTACKS, onAttack = () => {}, ...ball } = options;
  checkBall('autoAttack', ball);
  checkOneOf('autoAttack', 'norm', ball.norm ?? 'linf', ['linf']);
  checkWhole('autoAttack', 'targets', targets);
  for (const one of chosen) checkOneOf('autoAttack', 'attacks', one, ATTACKS);
  checkKey('autoAttack', key);
  checkSamples('autoAttack', samples);
  checkImages('autoAttack', samples);
  const orders = await rankedClasses(logits, samples, group);
  const classes = orders[0].length;
  if (classes < 4)
    throw new Error(`autoAttack: the targeted loss compares the four largest logits, and there are ${classes}; use apgd and square`);
  checkClassLabels('autoAttack', samples.y, classes);

  const end = { x: { data: Float32Array.from(samples.x.data), shape: samples.x.shape }, fooled: new Uint8Array(samples.y.length) };
  const one = sizeOf(samples.x.shape.slice(1));
  const attacks: AttackReport[] = [];
  const tell = (attack: string, tried: number, fooled: number) => {
    attacks.push({ attack, tried, fooled });
    onAttack(attacks.at(-1)!);
  };
  const attempt = async (
    kind: (typeof ATTACKS)[number],
    t: number,
    attack: (some: Samples, rows: readonly number[]) => Promise<Attacked>,
  ) => {
    const rows = Array.from(end.fooled.keys()).filter((row) => !end.fooled[row]);
    if (rows.length === 0 || !chosen.includes(kind)) return;
    const found = await attack(rowsOf(samples, rows), rows);
    rows.forEach((row, i) => {
      if (!found.fooled[i]) return;
      end.fooled[row] = 1;
      end.x.data.set(found.x.data.subarray(i * one, (i + 1) * one), row * one);
    });
    tell(
      t > 0 ? `${kind} ${t}` : kind,
      rows.length,
      found.fooled.reduce((sum, one) => sum + one, 0),
    );
  };

  samples.y.forEach((label, row) => {
    if (orders[row][0] !== label) end.fooled[row] = 1;
  });
  tell(
    'clean',
    samples.y.length,
    end.fooled.reduce((sum, one) => sum + one, 0),
  );
  const ended = () => {
    const standing = end.fooled.reduce((sum, one) => sum + 1 - one, 0);
    return { ...end, robustAccuracy: standing / samples.y.length, attacks };
  };
  if (ball.epsilon === 0) return ended(); // the ball holds nothing else
  // For each sample the t-th of the classes that are not its label.
  const targetOf = (rows: readonly number[], t: number) =>
    Int32Array.from(rows, (row) => orders[row].filter((k) => k !== samples.y[row])[t]);
  const shared = { ...ball, group, steps };
  await attempt('APGD-CE', 0, (some) => apgd(logits, some, { ...shared, key: fold(key, 0) }));
  const count = Math.min(targets, classes - 1);
  for (let t = 0; t < count; t++)
    await attempt('APGD-T', t + 1, (some, rows) =>
      apgd(logits, some, { ...shared, key: fold(key, 1 + t), loss: 'targetedDlr', target: targetOf(rows, t) }),
    );
  for (let t = 0; t < count; t++)
    await attempt('FAB-T', t + 1, (some, rows) => fab(logits, some, { ...shared, key: fold(key, 100 + t), target: targetOf(rows, t) }));
  await attempt('Square', 0, (some) => square(logits, some, { ...ball, group, key: fold(key, 200), queries }));
  return ended();
}

/** Some of the samples. */
export function rowsOf({ x, y }: Samples, rows: readonly number[]): Samples {
  const one = sizeOf(x.shape.slice(1));
  const data = new Float32Array(rows.length * one);
  rows.forEach((row, i) => {
    data.set(x.data.subarray(row * one, (row + 1) * one), i * one);
  });
  return { x: { data, shape: [rows.length, ...x.shape.slice(1)] }, y: Int32Array.from(rows, (row) => y[row]) };
}

/** The classes of each sample, that of the largest logit first. */
async function rankedClasses(logits: Logits, samples: Samples, group?: number): Promise<number[][]> {
  const logitsOf = compile((x: tf.Tensor) => logits(x));
  const orders: number[][] = [];
  await byGroups('autoAttack', samples, { group }, async ({ x, rows }) => {
    const data = Array.from((await logitsOf(x)).data(), Number);
    const C = data.length / rows.length;
    rows.forEach((row, i) => {
      orders[row] = Array.from({ length: C }, (_, k) => k).sort((a, b) => data[i * C + b] - data[i * C + a]);
    });
    return { x: x.data, fooled: new Uint8Array(rows.length) };
  });
  logitsOf.release();
  return orders;
}
