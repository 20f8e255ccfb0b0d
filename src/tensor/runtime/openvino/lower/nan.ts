import type { GraphBuilder } from '../../../graph/builder.js';
import { numberOf, producerOf } from '../../../graph/builder.js';
import type { Value } from '../../../graph/graph.js';
import type { Op } from '../../../onnx/operators.js';
import type { Rewrite, Rewrites } from '../../lower/rewrite.js';

/*
 * NaN goes through OpenVINO 2026.4 in its own way: what is written here gives the numbers that the plain operator gives, and NaN where
 * that gives NaN. `tests/conformance` found each; nan.test.ts holds each against the interpreter.
 */

/** Where x is no NaN. Written x = x, it is computed in one loop with its neighbours; IsNaN is computed alone. */
const isNumber = (g: GraphBuilder, x: Value) => g.binary('Equal', x, x, 'bool');

/**
 * The larger or smaller, NaN where either is. OpenVINO's Max and Min return their second operand where one is NaN, so what may be NaN goes
 * there, and where both may the first is asked.
 */
const extremum =
  (op: 'Max' | 'Min'): Rewrite =>
  (g, { inputs: [a, b] }) => {
    const [first, second] = numberOf(b) === undefined ? [a, b] : [b, a];
    const chosen = g.binary(op, first, second);
    if (a.dtype !== 'float32' || !Number.isNaN(numberOf(first) ?? Number.NaN)) return [chosen];
    return [g.where(isNumber(g, first), chosen, first)];
  };

/** max(0, x): its Relu turns NaN into 0. */
const relu: Rewrite = (g, { inputs: [x] }) => [g.binary('Max', g.scalar(0, x.dtype), x)];

/** min(high, max(low, x)) unless x is NaN, which its Clip, and its fusion of the two, would make `low`. */
const clip: Rewrite = (g, { inputs: [x, low, high] }) => {
  const inside = g.binary('Min', high, g.binary('Max', low, x));
  return [x.dtype === 'float32' ? g.where(isNumber(g, x), inside, x) : inside];
};

/** Its Exp of NaN is ∞. eˣ > x for every number, so the maximum is eˣ, and NaN for NaN. */
const exp: Rewrite = (g, { inputs: [x] }) => [g.binary('Max', g.unary('Exp', x), x)];

/** a > b is b < a: its Greater is true of NaN, its Less is not. */
const turned =
  (op: Op): Rewrite =>
  (g, { inputs: [a, b] }) => [g.binary(op, b, a, 'bool')];

/** A choice by IsNaN asks x = x instead: one loop with its neighbours. */
const chosenByNaN: Rewrite = (g, { inputs: [condition, yes, no] }) => {
  const asked = producerOf(condition);
  if (asked?.op !== 'IsNaN' || yes.dtype !== 'float32') return undefined;
  return [g.where(isNumber(g, asked.inputs[0]!), no, yes)];
};

/** NaN is true, as every number but 0; its own cast says false. */
const toBool: Rewrite = (g, { inputs: [x], outputs: [y] }) =>
  y.dtype === 'bool' && x.dtype === 'float32' ? [g.unary('Not', g.binary('Equal', x, g.scalar(0), 'bool'))] : undefined;

/** Element-wise operators that NaN goes through as ONNX says. */
export const nan: Rewrites = {
  Relu: relu,
  Max: extremum('Max'),
  Min: extremum('Min'),
  Clip: clip,
  Exp: exp,
  Greater: turned('Less'),
  GreaterOrEqual: turned('LessOrEqual'),
  Where: chosenByNaN,
  Cast: toBool,
};
