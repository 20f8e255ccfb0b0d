import { binaries } from './binary.js';
import { indexings } from './indexing.js';
import { layers } from './layers.js';
import type { Operator } from './operator.js';
import { products } from './products.js';
import { reductions } from './reductions.js';
import { shapes } from './shape.js';
import { unaries } from './unary.js';
import { windows } from './windows.js';

/** Operators by family, with how often the family is drawn from. */
const FAMILIES: readonly (readonly [weight: number, operators: readonly Operator[]])[] = [
  [26, unaries],
  [22, binaries],
  [16, reductions],
  [14, shapes],
  [6, indexings],
  [7, products],
  [6, windows],
  [9, layers],
];

export const OPERATORS: readonly Operator[] = FAMILIES.flatMap(([, operators]) => operators);

const byName = new Map(OPERATORS.map((one) => [one.name, one]));

export function operatorNamed(name: string): Operator {
  const found = byName.get(name);
  if (!found) throw new Error(`the fuzzer has no operator ${name}`);
  return found;
}

/** An operator by chance: `uniform` gives numbers in [0, 1). */
export function drawOperator(uniform: () => number): Operator {
  let left = uniform() * FAMILIES.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, operators] of FAMILIES) {
    if (left < weight) return operators[Math.floor(uniform() * operators.length)];
    left -= weight;
  }
  return OPERATORS[0];
}
