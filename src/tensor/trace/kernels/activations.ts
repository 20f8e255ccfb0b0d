import * as tf from '@tensorflow/tfjs';
import type { Value } from '../../graph.js';
import { broadcast, type GraphBuilder } from '../builder.js';
import { each, elementwise, type Kernel, type Kernels, type X } from '../kernel.js';

type Unary = (g: GraphBuilder, x: Value) => Value;

const positive: Unary = (g, x) => g.binary('Greater', x, g.scalar(0, x.dtype), 'bool');
const clip = (g: GraphBuilder, x: Value, low: number, high: number) =>
  g.binary('Min', g.binary('Max', x, g.scalar(low, x.dtype)), g.scalar(high, x.dtype));

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
  const on1 = positive(g, x);
  return alpha === 0 ? g.cast(on1, x.dtype) : g.where(on1, g.scalar(1, x.dtype), g.scalar(alpha, x.dtype));
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
  return FUSED[name]!(g, x);
}
const FUSED: Readonly<Record<string, Unary>> = {
  relu: (g, x) => g.unary('Relu', x),
  sigmoid: (g, x) => g.unary('Sigmoid', x),
  relu6,
  elu,
};

const real = (f: Unary): Kernel<X> => elementwise(({ graph }, x) => f(graph, graph.cast(x, 'float32')));

export const activations: Kernels = {
  Relu: elementwise(({ graph }, x) => graph.unary('Relu', x)),
  ...each({ Sigmoid: 'Sigmoid', Softplus: 'Softplus' } as const, (op) => real((g, x) => g.unary(op, x))),
  ...each({ Elu: elu, Selu: selu }, real),
  Relu6: elementwise(({ graph }, x) => relu6(graph, x)),
  LeakyRelu: elementwise((on, x, { alpha }: { alpha: number }) => leakyRelu(on.graph, on.graph.cast(x, 'float32'), alpha)),
  Prelu: ((on, { x, alpha }) =>
    on.give(prelu(on.graph, on.compact(x), on.compact(alpha)), broadcast(x.shape, alpha.shape))) satisfies Kernel<
    X & { alpha: tf.TensorInfo }
  >,
  Step: step,
  EluGrad: eluGrad,
  ClipByValue: elementwise((on, x, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    clip(on.graph, x, clipValueMin, clipValueMax),
  ),
};
