import type * as tf from '@tensorflow/tfjs';
import type { Op } from '../../onnx/operators.js';
import type { Kernel, Kernels } from '../kernel.js';

const along =
  (op: Op): Kernel<{ logits: tf.TensorInfo }, { dim?: number; axis?: number }> =>
  (on, { logits }, { dim, axis }) => {
    const g = on.graph;
    const last = logits.shape.length - 1;
    const x = g.cast(on.full(logits), 'float32');
    const wanted = dim ?? axis ?? last;
    return on.give(g.node(op, [x], x, { axis: wanted < 0 ? wanted + last + 1 : wanted }));
  };

export const softmax: Kernels = { Softmax: along('Softmax'), LogSoftmax: along('LogSoftmax') };
