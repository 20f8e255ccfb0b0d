import * as tf from '@tensorflow/tfjs';
import { newValue } from '../graph/builder.js';
import type { DType, Value } from '../graph/graph.js';
import { closed } from '../graph/subgraph.js';
import type { TraceBackend } from './backend.js';

interface Repeated {
  readonly states: readonly tf.Tensor[];
  /** Each [T, ...]. */
  readonly sequences: readonly tf.Tensor[];
  readonly T: number;
  readonly reverse: boolean;
}

/** Records a loop: its step runs once, on tensors without values. Returns the last states, then what is kept of each step, [T, ...]. */
export function recordLoop(
  on: TraceBackend,
  { states, sequences, T, reverse }: Repeated,
  step: (states: tf.Tensor[], x: tf.Tensor[]) => [next: tf.Tensor[], kept: tf.Tensor[]],
): tf.Tensor[] {
  const tensor = (value: Value) => tf.engine().makeTensorFromTensorInfo(on.give(value));
  const given = [...states, ...sequences].map((t) => on.full(t));
  const inputs = [
    ...states.map(({ shape, dtype }) => newValue(shape, dtype as DType)),
    ...sequences.map(({ shape, dtype }) => newValue(shape.slice(1), dtype as DType)),
  ];
  const places = inputs.map(tensor);
  const [next, kept] = step(places.slice(0, states.length), places.slice(states.length));
  const outputs = [...next, ...kept].map((t) => on.full(t));
  const { body, outside } = closed(inputs, outputs);
  const types = outputs.map(({ shape, dtype }, i) => ({ shape: i < states.length ? shape : [T, ...shape], dtype }));
  const loop = { body, states: states.length, sequences: sequences.length, reverse };
  return on.graph.loop([...given, ...outside], types, loop).map(tensor);
}
