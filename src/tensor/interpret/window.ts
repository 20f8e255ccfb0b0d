import { sizeOf } from '../../base/index.js';
import type { Node } from '../graph/graph.js';
import type { Op } from '../onnx/operators.js';
import { type DoubleKernel, integer, integers, offsets, outputOf, stridesOf, text } from './operand.js';

/** Sliding windows over the spatial axes: `reads[o * K + k]` is what output position o reads under kernel position k, or −1 in the padding. */
interface WindowReads {
  readonly reads: Int32Array;
  /** Number of output positions, kernel positions and input positions. */
  readonly O: number;
  readonly K: number;
  readonly I: number;
}

function windowsOf(node: Node, input: readonly number[], output: readonly number[], kernel: readonly number[]): WindowReads {
  const one = kernel.map(() => 1);
  const strides = integers(node, 'strides') ?? one;
  const dilations = integers(node, 'dilations') ?? one;
  const begins = beginsOf(node, input, output, kernel);
  const positions = (shape: readonly number[]) =>
    shape.map((_, axis) =>
      offsets(
        shape,
        one.map((_, other) => +(other === axis)),
      ),
    );
  const [outAt, kernelAt] = [positions(output), positions(kernel)];
  const inputStrides = stridesOf(input);
  const [O, K, I] = [sizeOf(output), sizeOf(kernel), sizeOf(input)];
  const reads = new Int32Array(O * K);
  for (let o = 0; o < O; o++)
    for (let k = 0; k < K; k++) {
      let at = 0;
      for (let axis = 0; axis < input.length && at >= 0; axis++) {
        const i = outAt[axis][o] * strides[axis] + kernelAt[axis][k] * dilations[axis] - begins[axis];
        at = i < 0 || i >= input[axis] ? -1 : at + i * inputStrides[axis];
      }
      reads[o * K + k] = at;
    }
  return { reads, O, K, I };
}

/** Padding before each spatial axis; `auto_pad` puts the odd one after (SAME_UPPER) or before (SAME_LOWER). */
function beginsOf(node: Node, input: readonly number[], output: readonly number[], kernel: readonly number[]): readonly number[] {
  const auto = text(node, 'auto_pad', 'NOTSET');
  if (auto === 'NOTSET') return integers(node, 'pads') ?? kernel.map(() => 0);
  if (auto === 'VALID') return kernel.map(() => 0);
  return kernel.map((k, axis) => {
    const [stride, dilation] = [integers(node, 'strides')?.[axis] ?? 1, integers(node, 'dilations')?.[axis] ?? 1];
    const total = Math.max((output[axis] - 1) * stride + (k - 1) * dilation + 1 - input[axis], 0);
    return auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

/** x [B, C, …], w [M, C/group, …] → [B, M, …] */
const conv: DoubleKernel = (node, [x, w, bias]) => {
  const out = outputOf(node);
  const { shape } = node.outputs[0];
  const { reads, O, K, I } = windowsOf(node, x.shape.slice(2), shape.slice(2), w.shape.slice(2));
  const [B, C] = x.shape;
  const [M, perGroup] = w.shape;
  const filtersPerGroup = M / (C / perGroup);
  for (let b = 0; b < B; b++)
    for (let m = 0; m < M; m++) {
      const target = (b * M + m) * O;
      if (bias) out.fill(bias.data[m], target, target + O);
      for (let c = 0; c < perGroup; c++) {
        const source = (b * C + Math.floor(m / filtersPerGroup) * perGroup + c) * I;
        const weights = (m * perGroup + c) * K;
        for (let o = 0; o < O; o++)
          for (let k = 0; k < K; k++) {
            const at = reads[o * K + k];
            if (at >= 0) out[target + o] += x.data[source + at] * w.data[weights + k];
          }
      }
    }
  return [out];
};

/** The transpose of the convolution from [B, M, …] back to x's [B, C, …]: x [B, C, …], w [C, M/group, …] → [B, M, …]. */
const convTranspose: DoubleKernel = (node, [x, w, bias]) => {
  const out = outputOf(node);
  const { shape } = node.outputs[0];
  const { reads, O, K, I } = windowsOf(node, shape.slice(2), x.shape.slice(2), w.shape.slice(2));
  const [B, C] = x.shape;
  const group = integer(node, 'group', 1);
  const [M, perGroup] = [shape[1], w.shape[1]];
  if (bias) for (let i = 0; i < out.length; i++) out[i] = bias.data[Math.floor(i / I) % M];
  for (let b = 0; b < B; b++)
    for (let c = 0; c < C; c++)
      for (let m = 0; m < perGroup; m++) {
        const target = (b * M + Math.floor(c / (C / group)) * perGroup + m) * I;
        const source = (b * C + c) * O;
        for (let o = 0; o < O; o++)
          for (let k = 0; k < K; k++) {
            const at = reads[o * K + k];
            if (at >= 0) out[target + at] += x.data[source + o] * w.data[(c * perGroup + m) * K + k];
          }
      }
  return [out];
};

/** The first maximum wins; the second output is its index in the whole of x. */
const maxPool: DoubleKernel = (node, [x]) => {
  const [out, where] = [outputOf(node), new Float64Array(sizeOf(node.outputs[0].shape))];
  const { reads, O, K, I } = windowsOf(node, x.shape.slice(2), node.outputs[0].shape.slice(2), integers(node, 'kernel_shape')!);
  for (let i = 0; i < out.length; i++) {
    const [image, o] = [Math.floor(i / O) * I, i % O];
    let best = -1;
    for (let k = 0; k < K; k++) {
      const at = reads[o * K + k];
      if (at >= 0 && (best < 0 || x.data[image + at] > x.data[image + best])) best = at;
    }
    out[i] = best < 0 ? -Infinity : x.data[image + best];
    where[i] = image + best;
  }
  return [out, where];
};

const averagePool: DoubleKernel = (node, [x]) => {
  const out = outputOf(node);
  const { reads, O, K, I } = windowsOf(node, x.shape.slice(2), node.outputs[0].shape.slice(2), integers(node, 'kernel_shape')!);
  const countPadding = integer(node, 'count_include_pad', 0) === 1;
  for (let i = 0; i < out.length; i++) {
    const [image, o] = [Math.floor(i / O) * I, i % O];
    let [total, count] = [0, 0];
    for (let k = 0; k < K; k++) {
      const at = reads[o * K + k];
      if (at < 0) continue;
      total += x.data[image + at];
      count++;
    }
    out[i] = total / (countPadding ? K : count);
  }
  return [out];
};

export const windows = { AveragePool: averagePool, Conv: conv, ConvTranspose: convTranspose, MaxPool: maxPool } satisfies Record<
  Op<'window'>,
  DoubleKernel
>;
