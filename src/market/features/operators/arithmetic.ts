import { apply, type Expression } from '../expression.js';
import { type Operator, stateless } from './operator.js';

/*
 * Arithmetic, value by value. A loop each, since a function called per value would cost more than what it computes. What has no answer
 * (a ratio to zero, the logarithm of what is not positive) is missing, NaN: it passes out of windows when its row does, where an infinite
 * value would stay in recursions for good.
 */

const ADD = stateless('add', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
});
const SUBTRACT = stateless('subtract', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
});
const MULTIPLY = stateless('multiply', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
});
const RATIO = stateless('ratio', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = b[i] === 0 ? Number.NaN : a[i] / b[i];
});
const MAXIMUM = stateless('maximum', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i], b[i]);
});
const MINIMUM = stateless('minimum', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i], b[i]);
});
const LOG = stateless('log', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i] > 0 ? Math.log(x[i]) : Number.NaN;
});
const SQRT = stateless('sqrt', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]);
});
const SQUARE = stateless('square', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i] * x[i];
});
const ABS = stateless('abs', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]);
});
const SIGN = stateless('sign', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sign(x[i]);
});
const POSITIVE = stateless('positive', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i], 0);
});
const NEGATIVE = stateless('negative', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(-x[i], 0);
});
const TANH = stateless('tanh', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i]);
});
const OR_ELSE = stateless('or else', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = Number.isNaN(a[i]) ? b[i] : a[i];
});
/** 1 where a is above b, 0 where it is not. */
const ABOVE = stateless('above', ([a, b], out) => {
  for (let i = 0; i < out.length; i++) out[i] = a[i] > b[i] ? 1 : a[i] <= b[i] ? 0 : Number.NaN;
});

const binary =
  (operator: Operator) =>
  (a: Expression, b: Expression): Expression =>
    apply(operator, a, b);
const unary =
  (operator: Operator) =>
  (x: Expression): Expression =>
    apply(operator, x);

/** a + b. */
export const add = binary(ADD);
/** a − b. */
export const subtract = binary(SUBTRACT);
/** a · b. */
export const multiply = binary(MULTIPLY);
/** a/b, missing where b is 0. */
export const ratio = binary(RATIO);
/** The larger of a and b; missing where either is. */
export const maximum = binary(MAXIMUM);
/** The lesser of a and b; missing where either is. */
export const minimum = binary(MINIMUM);
/** 1 where a > b, else 0. */
export const above = binary(ABOVE);
/** The hyperbolic tangent of x. */
export const tanh = unary(TANH);
/** a, or b where a is missing. */
export const orElse = (a: Expression, b: Expression): Expression => ({
  ...apply(OR_ELSE, a, b),
  first: Math.min(a.first, b.first),
  warmUp: Math.max(a.warmUp, b.warmUp),
});
/** ln x, missing unless x > 0. */
export const log = unary(LOG);
/** √x, missing where x is negative. */
export const sqrt = unary(SQRT);
/** x². */
export const square = unary(SQUARE);
/** |x|. */
export const abs = unary(ABS);
/** −1, 0 or 1. */
export const sign = unary(SIGN);
/** max(x, 0). */
export const positive = unary(POSITIVE);
/** max(−x, 0). */
export const negative = unary(NEGATIVE);

/** scale · x + shift, with numbers for scale and shift. */
export const affine = (x: Expression, scale: number, shift = 0): Expression =>
  apply(
    stateless(`affine ${scale} ${shift}`, ([x], out) => {
      for (let i = 0; i < out.length; i++) out[i] = scale * x[i] + shift;
    }),
    x,
  );
