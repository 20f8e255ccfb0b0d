import type * as tf from '@tensorflow/tfjs';
import { interpret } from '../../src/tensor/interpret/interpret.js';
import { trace } from '../../src/tensor/trace/trace.js';

/** What a function of tensors gives in double precision, where nothing of it need have a gradient. Numbers in its code are float32. */
export function valueInDouble(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly { data: ArrayLike<number>; shape: readonly number[] }[],
): number[] {
  const graph = trace(
    (...args) => [f(...args)],
    inputs.map(({ shape }) => ({ shape: [...shape], dtype: 'float32' as const })),
  );
  const [value] = interpret(
    graph,
    inputs.map(({ data }) => Float64Array.from(data)),
  );
  return Array.from(value, Number);
}
