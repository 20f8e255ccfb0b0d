import type * as tf from '@tensorflow/tfjs';
import type { Maker, Want } from '../maker.js';

/**
 * How far a right float result may lie from the exact one, given the operands as they are.
 *
 * Results of integers and truth values are always exact.
 */
export interface Tolerance {
  /** In units of the result's last place: 0 is exact, 1 either neighbour of an inexact result. */
  readonly ulps: number;
  /**
   * `sum`: beside that 16 half-units of Σ|terms|, which is the operator on |operands|; 10⁻⁶ Σ|terms|.
   * `product`: nothing is promised where a partial product can leave float32's range.
   * `conditioned`: beside that what 4 units in the operands' last places change.
   */
  readonly kind?: 'sum' | 'product' | 'conditioned';
  /** Beside that, this many units in the last place of 1: what is written as eˣ − 1 or by one polynomial over all x. */
  readonly ofOne?: number;
  /** Beside that, 4 units of the first operand's largest element: the operator adds terms of that size. */
  readonly ofOperands?: boolean;
  /** The operator is a composition whose intermediate results may leave float32's range, as squares do. */
  readonly mayOverflow?: boolean;
}

/** The same number, moved, chosen or compared. */
export const EXACT: Tolerance = { ulps: 0 };
/** Correctly rounded, or its neighbour. */
export const ROUNDED: Tolerance = { ulps: 1 };
/** A function of the mathematical library. */
export const FUNCTION: Tolerance = { ulps: 8 };
export const SUM: Tolerance = { ulps: 1, kind: 'sum' };
export const PRODUCT: Tolerance = { ulps: 16, kind: 'product' };
export const CONDITIONED: Tolerance = { ulps: 16, kind: 'conditioned' };
export const COMPOSED: Tolerance = { ulps: 16, kind: 'conditioned', mayOverflow: true };
/** The same of probabilities and their logarithms. */
export const OF_ONE: Tolerance = { ...COMPOSED, ofOne: 1 };

export interface Drawn<Options> {
  readonly inputs: readonly number[];
  readonly options: Options;
}

/** An operator of tfjs, or a layer, as the fuzzer knows it. */
export interface Operator<Options = object> {
  readonly name: string;
  readonly tolerance: Tolerance;
  /** Where it is defined and not too steep. */
  readonly domain?: readonly [number, number];
  /** Operands and options; undefined where nothing here fits. */
  readonly draw: (m: Maker) => Drawn<Options> | undefined;
  readonly apply: (inputs: tf.Tensor[], options: Options) => tf.Tensor;
}

/** Forgets the type of the options. */
export const operator = <Options extends object>(one: Operator<Options>): Operator => one as unknown as Operator;

type Unary = (x: tf.Tensor) => tf.Tensor;

/** An element-wise operator of one array: of floats, and where it moves or compares them of integers. */
export const unary = (name: string, tolerance: Tolerance, apply: Unary, domain?: readonly [number, number]): Operator =>
  operator({
    name,
    tolerance,
    domain,
    draw: (m) => ({ inputs: [m.pick({ dtype: tolerance.ulps === 0 && m.r.chance(0.1) ? 'int32' : 'float32', domain })], options: {} }),
    apply: ([x]) => apply(x),
  });

/** An element-wise operator of one float array with options. */
export const unaryWith = <Options extends object>(
  name: string,
  tolerance: Tolerance,
  options: (m: Maker) => Options,
  apply: (x: tf.Tensor, options: Options) => tf.Tensor,
  want: Want = {},
): Operator =>
  operator<Options>({
    name,
    tolerance,
    domain: want.domain,
    draw: (m) => ({ inputs: [m.pick(want)], options: options(m) }),
    apply: ([x], o) => apply(x, o),
  });

/** An element-wise operator of two arrays that broadcast, of one of these types. */
export const binary = (
  name: string,
  tolerance: Tolerance,
  apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  { dtypes = ['float32'], left, right }: { dtypes?: readonly Want['dtype'][]; left?: [number, number]; right?: [number, number] } = {},
): Operator =>
  operator({
    name,
    tolerance,
    domain: right,
    draw: (m) => {
      const dtype = m.r.one(dtypes);
      const a = m.pick({ dtype, domain: left });
      const b = m.partner(m.shapeOf(a), { dtype, domain: right });
      return { inputs: m.r.chance(0.5) || left || right ? [a, b] : [b, a], options: {} };
    },
    apply: ([a, b]) => apply(a, b),
  });
