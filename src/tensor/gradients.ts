import './without-banner.js';
import * as tf from '@tensorflow/tfjs';

/*
 * Repairs of tfjs's own gradients, on every backend; importing this file registers them.
 */

type Config = ReturnType<typeof tf.getGradient>;
type Attributes = Parameters<Config['gradFunc']>[2];

/** Replaces the gradient of a kernel by one made from tfjs's. */
function repair(kernelName: string, made: (first: Config) => Omit<Config, 'kernelName'>): void {
  tf.registerGradient({ kernelName, ...made(tf.getGradient(kernelName)) });
}

// Comparisons and logic have derivative 0 wherever they have one, but tfjs gives them none: `tf.where(x.greater(0), …)` would fail.
for (const kernelName of ['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'LogicalAnd', 'LogicalOr', 'LogicalNot']) {
  const inputsToSave = kernelName === 'LogicalNot' ? ['x'] : ['a', 'b'];
  repair(kernelName, () => ({
    inputsToSave,
    gradFunc: (_, saved) => Object.fromEntries(inputsToSave.map((name, i) => [name, () => tf.zeros((saved as tf.Tensor[])[i].shape)])),
  }));
}

// tfjs writes the clone it saves of an operator's output to the tape before the operator itself. A second derivative then stops at
// the clone and misses a term, silently; there the output is computed again from the input, which is on the tape.
for (const [kernelName, inputs] of Object.entries({ Exp: ['x'], Pow: ['a', 'b'], Sigmoid: ['x'], Softmax: ['logits'], Tanh: ['x'] })) {
  repair(kernelName, (first) => ({
    inputsToSave: inputs,
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [xs, y] = [saved.slice(0, -1), saved.at(-1)!];
      const onTape = tf.engine().state.gradientDepth > 0;
      const again = () =>
        tf.engine().runKernel(kernelName, Object.fromEntries(inputs.map((name, i) => [name, xs[i]])), attributes) as tf.Tensor;
      return first.gradFunc(dy, [...(first.inputsToSave ? xs : []), onTape ? again() : y], attributes);
    },
  }));
}

// dy where x > 0, else 0. tfjs multiplies by a step function, which has to carry NaN: a twentieth of an MLP’s training step.
repair('Relu', () => ({
  inputsToSave: ['x'],
  gradFunc: (dy, saved) => ({ x: () => tf.where((saved as tf.Tensor[])[0].greater(0), dy as tf.Tensor, tf.zerosLike(dy as tf.Tensor)) }),
}));

// tfjs forgets to sum over the axes along which an input was broadcast.
repair('SquaredDifference', (first) => ({
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attributes) => {
    const { a, b } = first.gradFunc(dy, saved, attributes);
    const [x, y] = saved;
    return { a: () => sumTo(a(), x.shape), b: () => sumTo(b(), y.shape) };
  },
}));

function sumTo(t: tf.Tensor, shape: number[]): tf.Tensor {
  return t.sum(tf.broadcast_util.getReductionAxes(shape, t.shape)).reshape(shape);
}

// a mod b = a − ⌊a / b⌋ b. Where a is a multiple of b, a rounded quotient has another floor than the one the remainder was taken with.
repair('Mod', (first) => ({
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attributes) => {
    const [a, b] = saved as tf.Tensor[];
    const whole = () => a.sub(a.mod(b)).div(b).round();
    return { ...first.gradFunc(dy, saved, attributes), b: () => sumTo((dy as tf.Tensor).mul(whole()).neg(), b.shape) };
  },
}));

// A running sum's gradient is the running sum from the other end; tfjs then also transposes it, unless the axis is the last.
repair('Cumsum', () => ({
  gradFunc: (dy, _, attributes) => {
    const { axis, exclusive, reverse } = attributes as unknown as { axis: number; exclusive: boolean; reverse: boolean };
    return { x: () => (dy as tf.Tensor).cumsum(axis, exclusive, !reverse) };
  },
}));

// Where there is one part its gradient comes alone, which tfjs cannot join.
repair('SplitV', (first) => ({
  gradFunc: (dy, saved, attributes) => first.gradFunc([dy].flat(), saved, attributes),
}));

// A mean over a window that reaches into the padding divides by the elements inside it; tfjs's gradient divides by the window's size.
repair('AvgPool', (first) => ({
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const share = windowShare((saved as tf.Tensor[])[0].shape as Shape4, attributes);
    return first.gradFunc(share ? (dy as tf.Tensor).div(share) : dy, saved, attributes);
  },
}));

type Shape4 = [number, number, number, number];

/** The part of each window that lies inside x, [1, H, W, 1]; nothing when there is no padding. */
function windowShare(shape: Shape4, attributes: Attributes): tf.Tensor | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as { filterSize: number; strides: number; pad: 'same' } & {
    dimRoundingMode?: 'floor';
  };
  const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = pool.padInfo;
  if (top + bottom + left + right === 0) return undefined;
  const inside = (o: number, stride: number, before: number, window: number, n: number) => {
    const start = o * stride - before;
    return (Math.min(start + window, n) - Math.max(start, 0)) / window;
  };
  const rows = Array.from({ length: pool.outHeight }, (_, o) => inside(o, pool.strideHeight, top, pool.filterHeight, pool.inHeight));
  const columns = Array.from({ length: pool.outWidth }, (_, o) => inside(o, pool.strideWidth, left, pool.filterWidth, pool.inWidth));
  return tf.tensor4d(
    rows.flatMap((r) => columns.map((c) => r * c)),
    [1, pool.outHeight, pool.outWidth, 1],
  );
}

// An element that mirroring repeats has the gradients of all its images; tfjs takes that of the original alone.
repair('MirrorPad', () => ({
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const { paddings, mode } = attributes as unknown as { paddings: [number, number][]; mode: 'reflect' | 'symmetric' };
    const { shape } = (saved as tf.Tensor[])[0];
    const edge = mode === 'reflect' ? 1 : 0; // reflecting does not repeat the edge itself
    const fold = (g: tf.Tensor, [before, after]: [number, number], axis: number) => {
      const n = shape[axis];
      const [left, middle, right] = tf.split(g, [before, n, after], axis);
      const onto = (part: tf.Tensor, start: number) =>
        part
          .reverse(axis)
          .pad(shape.map((_, other) => (other === axis ? [start, n - start - part.shape[axis]] : [0, 0])) as [number, number][]);
      const images = [before > 0 ? onto(left, edge) : undefined, after > 0 ? onto(right, n - after - edge) : undefined];
      return images.reduce((sum: tf.Tensor, image) => (image ? sum.add(image) : sum), middle);
    };
    return { x: () => paddings.reduce((g, padding, axis) => fold(g, padding, axis), dy as tf.Tensor) };
  },
}));
