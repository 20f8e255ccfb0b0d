import type * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';

type BatchNormInputs = X & { mean: tf.TensorInfo; variance: tf.TensorInfo; scale?: tf.TensorInfo; offset?: tf.TensorInfo };

/** (x − μ)·γ/√(σ² + ε) + β, as one product and one sum over x. */
const fusedBatchNorm: Kernel<BatchNormInputs, { varianceEpsilon?: number }> = (on, inputs, { varianceEpsilon = 0.001 }) => {
  const g = on.graph;
  const { x, mean, variance, scale, offset } = inputs;
  const deviation = g.unary('Sqrt', g.binary('Add', on.compact(variance), g.scalar(varianceEpsilon)));
  const slope = g.binary('Div', scale ? on.compact(scale) : g.scalar(1), deviation);
  const centre = g.binary('Mul', on.compact(mean), slope);
  const shift = offset ? g.binary('Sub', on.compact(offset), centre) : g.unary('Neg', centre);
  return on.give(g.binary('Add', g.binary('Mul', on.compact(x), slope), shift), x.shape);
};

interface Response {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** Σ over the channels at most `radius` away: a product with a banded matrix of ones. */
function overNeighbours(g: GraphBuilder, x: Value, radius: number): Value {
  const channels = x.shape.at(-1)!;
  const band = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Number(Math.abs((i % channels) - Math.floor(i / channels)) <= radius),
  );
  return g.matMul(x, g.constant(band, [channels, channels], 'float32'));
}

/** bias + α Σ x² over neighbouring channels. */
function responseNorm(g: GraphBuilder, x: Value, { depthRadius, bias, alpha }: Response): Value {
  const energy = overNeighbours(g, g.binary('Mul', x, x), depthRadius);
  return g.binary('Add', g.binary('Mul', energy, g.scalar(alpha)), g.scalar(bias));
}

/** Local response normalisation: x · norm^−β. */
const lrn: Kernel<X, Response> = (on, { x }, attributes) => {
  const g = on.graph;
  const value = on.full(x);
  return on.give(g.binary('Mul', value, g.binary('Pow', responseNorm(g, value, attributes), g.scalar(-attributes.beta))));
};

/** dy · norm^−β − 2αβ x Σ (y dy / norm) over neighbouring channels. */
const lrnGrad: Kernel<X & { y: tf.TensorInfo; dy: tf.TensorInfo }, Response> = (on, { x, y, dy }, attributes) => {
  const g = on.graph;
  const [value, output, gradient] = [on.full(x), on.full(y), on.full(dy)];
  const norm = responseNorm(g, value, attributes);
  const direct = g.binary('Mul', gradient, g.binary('Pow', norm, g.scalar(-attributes.beta)));
  const shares = overNeighbours(g, g.binary('Div', g.binary('Mul', output, gradient), norm), attributes.depthRadius);
  const indirect = g.binary('Mul', g.binary('Mul', value, shares), g.scalar(-2 * attributes.alpha * attributes.beta));
  return on.give(g.binary('Add', direct, indirect));
};

export const normalisation: Kernels = { FusedBatchNorm: fusedBatchNorm, LRN: lrn, LRNGrad: lrnGrad };
