import * as tf from '@tensorflow/tfjs';
import { broadcast, type GraphBuilder, numberOf } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import { each, elementwise, type Kernel, type Kernels, type X } from '../kernel.js';

type Unary = (g: GraphBuilder, x: Value) => Value;

const positive: Unary = (g, x) => g.binary('Greater', x, g.scalar(0, x.dtype), 'bool');

/** min(high, max(low, x)), and NaN for NaN. */
function clip(g: GraphBuilder, x: Value, low: number, high: number): Value {
  const known = numberOf(x);
  if (known !== undefined) return g.reshape(g.scalar(Math.min(high, Math.max(low, known)), x.dtype), x.shape);
  return g.node('Clip', [x, g.scalar(low, x.dtype), g.scalar(high, x.dtype)], x);
}

const relu: Unary = (g, x) => g.unary('Relu', x);
const relu6: Unary = (g, x) => clip(g, x, 0, 6);
const elu: Unary = (g, x) => g.unary('Elu', x);

/** scale · elu(x), with α·scale below zero (Klambauer et al. 2017; tfjs's constants). */
const selu: Unary = (g, x) => {
  const { SELU_SCALE, SELU_SCALEALPHA } = tf.backend_util;
  const below = g.binary('Mul', elu(g, x), g.scalar(SELU_SCALEALPHA));
  return g.where(positive(g, x), g.binary('Mul', x, g.scalar(SELU_SCALE)), below);
};

const leakyRelu = (g: GraphBuilder, x: Value, alpha: number) => g.node('LeakyRelu', [x], x, { alpha: { float: alpha } });
const prelu = (g: GraphBuilder, x: Value, alpha: Value) => {
  const scaled = g.binary('Mul', x, alpha);
  return g.where(g.binary('Less', x, g.scalar(0), 'bool'), scaled, x);
};

const step: Kernel<X, { alpha: number }> = elementwise((on, x, { alpha }: { alpha: number }) => {
  const g = on.graph;
  // The sign of NaN is NaN, and so is its step.
  if (alpha === 0) return g.binary('Max', g.scalar(0, x.dtype), g.unary('Sign', x));
  const below = x.dtype === 'float32' ? g.where(g.unary('IsNaN', x, 'bool'), x, g.scalar(alpha)) : g.scalar(alpha, x.dtype);
  return g.where(positive(g, x), g.scalar(1, x.dtype), below);
});

/** dy · elu′(x), from y = elu(x): 1 where y ≥ 0, y + 1 below. */
const eluGrad: Kernel<{ dy: tf.TensorInfo; y: tf.TensorInfo }> = (on, { dy, y }) => {
  const g = on.graph;
  const [gradient, value] = [on.compact(dy), on.compact(y)];
  const slope = g.binary('Min', g.binary('Add', value, g.scalar(1)), g.scalar(1));
  return on.give(g.binary('Mul', gradient, slope), y.shape);
};

/** The activation a fused kernel (`FusedConv2D`, `_FusedMatMul`) applies at its end. */
export function activate(g: GraphBuilder, x: Value, name: string | undefined, alpha: Value | undefined, leak: number | undefined): Value {
  if (!name || name === 'linear') return x;
  if (name === 'prelu') return prelu(g, x, alpha!);
  if (name === 'leakyrelu') return leakyRelu(g, x, leak ?? 0.2);
  return FUSED[name](g, x);
}
const FUSED: Readonly<Record<string, Unary>> = {
  relu,
  sigmoid: (g, x) => g.unary('Sigmoid', x),
  relu6,
  elu,
};

const real = (f: Unary): Kernel<X> => elementwise(({ graph }, x) => f(graph, graph.cast(x, 'float32')));

export const activations: Kernels = {
  Relu: elementwise(({ graph }, x) => relu(graph, x)),
  ...each({ Sigmoid: 'Sigmoid', Softplus: 'Softplus' } as const, (op) => real((g, x) => g.unary(op, x))),
  ...each({ Elu: elu, Selu: selu }, real),
  Relu6: elementwise(({ graph }, x) => relu6(graph, x)),
  LeakyRelu: elementwise((on, x, { alpha }: { alpha: number }) => leakyRelu(on.graph, on.graph.cast(x, 'float32'), alpha)),
  Prelu: ((on, { x, alpha }) =>
    on.give(
      prelu(on.graph, on.graph.cast(on.compact(x), 'float32'), on.graph.cast(on.compact(alpha), 'float32')),
      broadcast(x.shape, alpha.shape),
    )) satisfies Kernel<X & { alpha: tf.TensorInfo }>,
  Step: step,
  EluGrad: eluGrad,
  ClipByValue: elementwise((on, x, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    clip(on.graph, x, clipValueMin, clipValueMax),
  ),
};
