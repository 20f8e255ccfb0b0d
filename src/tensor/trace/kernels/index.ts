import * as tf from '@tensorflow/tfjs';
import type { TraceBackend } from '../backend.js';
import type { Kernel, Kernels } from '../kernel.js';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { blocks } from './blocks.js';
import { cast } from './cast.js';
import { comparison } from './comparison.js';
import { convolution } from './convolution.js';
import { cumulative } from './cumulative.js';
import { einsum } from './einsum.js';
import { fill } from './fill.js';
import { gather } from './gather.js';
import { joining } from './joining.js';
import { maths } from './maths.js';
import { matmul } from './matmul.js';
import { normalisation } from './normalisation.js';
import { ordering } from './ordering.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { scattering } from './scatter.js';
import { selection } from './selection.js';
import { shape } from './shape.js';
import { slicing } from './slicing.js';
import { softmax } from './softmax.js';
import { UNSUPPORTED, UNSUPPORTED_TYPES } from './unsupported.js';

/** Every tfjs kernel that can be recorded, by family. */
export const FAMILIES: Readonly<Record<string, Kernels>> = {
  arithmetic,
  maths,
  comparison,
  selection,
  activations,
  softmax,
  reductions,
  matmul,
  shape,
  slicing,
  joining,
  fill,
  cast,
  blocks,
  convolution,
  cumulative,
  einsum,
  gather,
  normalisation,
  ordering,
  pooling,
  scattering,
};

/** Kernels that look at no element. */
const RELABELS = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** Registers them with tfjs for the tracing backend called `backendName`. */
export function registerKernels(backendName: string): void {
  for (const [kernelName, kernel] of Object.values(FAMILIES).flatMap((family) => Object.entries(family))) {
    const record = kernel as Kernel<unknown, unknown>;
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const on = backend as TraceBackend;
        const types = [attrs?.dtype, ...Object.values(inputs).map((x) => (x as tf.TensorInfo | undefined)?.dtype)];
        const other = types.find((dtype) => dtype === 'string' || dtype === 'complex64');
        if (other && !RELABELS.has(kernelName)) on.refuse(`${kernelName} of ${other}`, UNSUPPORTED_TYPES.get(other as string)!);
        return record(on, inputs, attrs ?? {});
      },
    });
  }
  for (const [kernelName, reason] of UNSUPPORTED)
    tf.registerKernel({ kernelName, backendName, kernelFunc: ({ backend }) => (backend as TraceBackend).refuse(kernelName, reason) });
}
