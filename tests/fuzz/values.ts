import type { Random } from './random.js';

type Draw = (r: Random) => number;

const MAX = 3.4028234663852886e38;
const sign: Draw = (r) => (r.chance(0.5) ? 1 : -1);
const power =
  (low: number, high: number): Draw =>
  (r) =>
    sign(r) * 10 ** (low + (high - low) * r.uniform());
const mostly =
  (...rare: number[]): Draw =>
  (r) =>
    r.chance(0.3) ? r.one(rare) : r.normal();

/** What the float arrays that a graph starts from hold; each number is then rounded to float32. */
export const FLOATS = {
  /** Standard normal. */
  normal: (r) => r.normal(),
  /** In (−1, 1). */
  unit: (r) => 2 * r.uniform() - 1,
  /** Positive, ½ to 3. */
  positive: (r) => 0.5 + 2.5 * r.uniform(),
  /** Small integers, with ties. */
  ties: (r) => r.whole(-3, 3),
  /** All below 0. */
  negative: (r) => -0.1 - 4 * r.uniform(),
  /** Hundreds to ten millions. */
  large: power(2, 7),
  /** 10⁻³⁷ to 10⁻²⁰. */
  tiny: power(-37, -20),
  /** Below 1.2·10⁻³⁸, some of them 0. */
  denormal: (r) => (r.chance(0.2) ? 0 : power(-44, -38.5)(r)),
  /** 10²⁰ to the largest float32. */
  huge: (r) => (r.chance(0.1) ? sign(r) * MAX : power(20, 38)(r)),
  /** Normal with 0 and −0. */
  zeros: mostly(0, -0),
  /** Normal with ±∞. */
  infinite: mostly(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  /** Normal with NaN. */
  nan: mostly(Number.NaN),
  /** Integers beyond 2²⁴, where float32 has only every second one. */
  beyond24: (r) => sign(r) * (2 ** 24 + r.whole(-4, 40)),
} satisfies Record<string, Draw>;

/** What integer arrays hold. */
export const INTEGERS = {
  small: (r) => r.whole(0, 4),
  signed: (r) => r.whole(-9, 9),
  beyond24: (r) => sign(r) * (2 ** 24 + r.whole(-4, 40)),
  extreme: (r) => r.one([-(2 ** 31), 2 ** 31 - 1, -(2 ** 31) + 1, -1, 0, 1, 65536]),
} satisfies Record<string, Draw>;

export type FloatClass = keyof typeof FLOATS;
export type IntegerClass = keyof typeof INTEGERS;

/** Classes whose numbers are ordinary, so that long graphs of them stay so. */
export const PLAIN: readonly FloatClass[] = ['normal', 'normal', 'unit', 'positive', 'ties'];
export const SPECIAL: readonly FloatClass[] = ['negative', 'large', 'tiny', 'denormal', 'huge', 'zeros', 'infinite', 'nan', 'beyond24'];
