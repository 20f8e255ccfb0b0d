import { isCommutative, NEUTRAL, type Op } from '../onnx/operators.js';
import type { DType } from './graph.js';

/** Element-wise operators on known numbers, in double precision. */
const FLOAT: Partial<Record<Op, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
  Pow: (x, y) => x ** y,
  Max: Math.max,
  Min: Math.min,
  Neg: (x) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Exp: Math.exp,
  Log: Math.log,
  Relu: (x) => Math.max(0, x),
};

/** The same on 32-bit integers. Division is left to the runtimes: they define what dividing by zero does. */
const INTEGER: typeof FLOAT = {
  Add: (x, y) => (x + y) | 0,
  Sub: (x, y) => (x - y) | 0,
  Mul: Math.imul,
  Max: Math.max,
  Min: Math.min,
  Neg: (x) => -x | 0,
  Abs: (x) => Math.abs(x) | 0,
  Relu: (x) => Math.max(0, x),
};

/** What `op` gives on known numbers, or undefined where the runtime has to say. */
export function fold(op: Op, dtype: DType, operands: readonly (number | undefined)[]): number | undefined {
  const known = operands.filter((x) => x !== undefined);
  const rule = (dtype === 'float32' ? FLOAT : dtype === 'int32' ? INTEGER : {})[op];
  return rule && known.length === operands.length ? rule(known[0], known[1]) : undefined;
}

/** Which operand an element-wise operator returns unchanged (x + 0, x · 1), or undefined. */
export function passes(op: Op, [x, y]: readonly (number | undefined)[]): 0 | 1 | undefined {
  const neutral = NEUTRAL[op];
  if (neutral === undefined) return undefined;
  if (y === neutral) return 0;
  return x === neutral && isCommutative(op) ? 1 : undefined;
}
