import { type Bundle, table } from '../base/index.js';

/** Numbers of one's own and those that they should be. */
type Pair = readonly [own: number | ArrayLike<number>, other: number | ArrayLike<number>];

/** How near is near enough, and what the table is called. */
export interface AgreementOptions {
  /** The largest difference that is let pass: `1e-10` in double precision. */
  readonly within: number;
  /** 'By hand and by the library' when left out. */
  readonly title?: string;
}

/**
 * A table of how far numbers by hand are from others.
 *
 *     agreement({ y: [y, theirs.y], 'gradient of w': [dw, theirs.dw] }, { within: 1e-10 })
 *
 * @param pairs    what → its numbers by hand, and the others
 * @param options  within which they must lie
 * @returns        a row each: how many numbers, their largest size, the largest difference
 * @throws         when there are no pairs, when lengths differ, or a difference is larger or no number, with its place
 */
export function agreement(
  pairs: Readonly<Record<string, Pair>>,
  { within, title = 'By hand and by the library' }: AgreementOptions,
): Bundle {
  if (Object.keys(pairs).length === 0) throw new Error('agreement: got no pairs; give at least one, as { y: [y, theirs] }');
  const rows = Object.entries(pairs).map(([what, [left, right]]) => {
    const [own, other] = [left, right].map((side) => (typeof side === 'number' ? [side] : Array.from(side)));
    if (own.length !== other.length)
      throw new Error(`agreement: '${what}' has ${own.length} numbers by hand and ${other.length} others; are both of the same thing?`);
    const apart = own.map((value, i) => Math.abs(value - other[i]));
    const worst = apart.findIndex((difference) => !(difference <= within));
    if (worst >= 0)
      throw new Error(
        `agreement: '${what}' is ${own[worst]} by hand and ${other[worst]} otherwise at ${worst}, ${apart[worst]} apart, more than ${within}`,
      );
    return { what, numbers: own.length, 'largest size': power(largest(own)), 'largest difference': power(largest(apart)) };
  });
  return table(rows, { title, decimals: { numbers: 0 } });
}

const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** `3e−16`; 0 is said in full. */
const power = (value: number) => (value === 0 ? 'none' : value.toExponential(0).replace('e+', 'e').replace('-', '−'));
