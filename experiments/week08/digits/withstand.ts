import type * as tf from '@tensorflow/tfjs';
import { type AttackReport, autoAttack, type Samples } from '../../../src/attack/index.js';
import { fold, type Key } from '../../../src/tensor/index.js';
import { EPSILON, PIXEL } from './nets.js';

/** Gradients, targets and queries of the four attacks. */
export interface Spent {
  readonly steps: number;
  readonly targets: number;
  readonly queries: number;
}

/** The four attacks in pieces: what a piece found is kept, and the next one is tried on what withstood it. */
const PIECES = [['APGD-CE', 'APGD-T'], ['FAB-T'], ['Square']] as const;

/** Samples at a time: few enough that a group of survivors is nearly full. */
const GROUP = 125;

interface Piece {
  readonly attacks: readonly AttackReport[];
  /** Of the samples that it was tried on, the places of those it fooled. */
  readonly fooled: readonly number[];
  /** Of the processor. */
  readonly minutes: number;
}

/** What some images come to under the four attacks, piece by piece. */
export async function withstand(
  logits: (x: tf.Tensor) => tf.Tensor,
  at: (places: readonly number[]) => Samples,
  places: readonly number[],
  {
    name,
    spent,
    key,
    kept,
    onAttack,
  }: {
    name: string;
    spent: Spent;
    key: Key;
    kept: <T>(name: string, find: () => Promise<T>) => Promise<T>;
    onAttack: (report: AttackReport) => void;
  },
): Promise<{ attacks: readonly AttackReport[]; standing: readonly number[]; minutes: number }> {
  const attacks: AttackReport[] = [];
  let [standing, minutes] = [places, 0];
  for (const [p, piece] of PIECES.entries()) {
    if (standing.length === 0) break;
    const found: Piece = await kept(`${name}-${piece[0]}`, async () => {
      const begun = process.cpuUsage();
      const options = { ...spent, epsilon: EPSILON, box: PIXEL, key: fold(key, p), group: Math.min(GROUP, standing.length) };
      const { attacks, fooled } = await autoAttack(logits, at(standing), { ...options, attacks: piece, onAttack });
      const { user, system } = process.cpuUsage(begun);
      return { attacks, fooled: Array.from(fooled.keys()).filter((i) => fooled[i]), minutes: (user + system) / 6e7 };
    });
    minutes += found.minutes;
    const fallen = new Set(found.fooled);
    standing = standing.filter((_, i) => !fallen.has(i));
    attacks.push(...(p === 0 ? found.attacks : found.attacks.filter(({ attack }) => attack !== 'clean')));
  }
  return { attacks, standing, minutes };
}
