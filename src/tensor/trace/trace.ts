import '../without-banner.js';
import * as tf from '@tensorflow/tfjs';
import { GraphBuilder, newValue } from '../graph/builder.js';
import type { Graph } from '../graph/graph.js';
import { subgraph } from '../graph/subgraph.js';
import { withoutUnread } from '../graph/unread.js';
import { type Captured, TraceBackend } from './backend.js';
import { registerKernels } from './kernels/index.js';

export type { Captured } from './backend.js';

/** The form of one argument of a traced function. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

/** A graph, and the real tensors whose values it holds as constants: the graph is stale once one of them is disposed or changed. */
export interface Traced extends Graph {
  readonly captured: readonly Captured[];
}

/** The fields of tfjs's engine that say which backend runs; setting them is what `tf.setBackend` does, but synchronously and reversibly. */
interface ActiveBackend {
  backendName: string | null;
  backendInstance: tf.KernelBackend | null;
}

let backend: TraceBackend | undefined;

function traceBackend(): TraceBackend {
  if (!backend) {
    const created = new TraceBackend();
    // Below every real backend, so that tfjs never chooses it by itself.
    tf.registerBackend('trace', () => created, -1);
    registerKernels('trace');
    tf.findBackend('trace');
    backend = created;
  }
  return backend;
}

/**
 * Runs `fn` once on tensors without values and records what it does as a graph, simplified.
 *
 * @param fn      synchronous and pure: JavaScript values and tensors it closes over become constants of the graph
 * @param inputs  shape and dtype of each argument
 * @returns       inputs are named in0, in1, …, outputs out0, out1, …
 * @throws        where `fn` asks for a value that does not exist yet, is asynchronous, or uses an operator outside the supported set
 */
export function trace(fn: (...inputs: tf.Tensor[]) => tf.Tensor[], inputs: readonly InputSpec[]): Traced {
  const on = traceBackend();
  const engine = tf.engine();
  const active = engine as unknown as ActiveBackend;
  const { backendName, backendInstance } = active;
  const { graph, captured, misuse } = on;
  Object.assign(on, { graph: new GraphBuilder(), captured: new Map(), misuse: undefined });
  Object.assign(active, { backendName: 'trace', backendInstance: on });
  engine.startScope('trace');
  try {
    const values = inputs.map(({ shape, dtype }) => newValue(shape, dtype));
    const results = fn(...values.map((value) => engine.makeTensorFromTensorInfo(on.give(value))));
    if (on.misuse) throw on.misuse;
    const outputs = tensorsOf(results).map((tensor) => on.full(tensor));
    return { ...withoutUnread(subgraph(values, outputs)), captured: [...on.captured.values()] };
  } finally {
    engine.endScope();
    Object.assign(active, { backendName, backendInstance });
    Object.assign(on, { graph, captured, misuse });
  }
}

function tensorsOf(results: unknown): tf.Tensor[] {
  if (results instanceof Promise || typeof (results as PromiseLike<unknown>)?.then === 'function') {
    (results as Promise<unknown>).catch?.(() => {}); // its own failure says less than this one
    throw new Error('compile takes a synchronous function, got an async one: load data before the call, and return tensors, not promises');
  }
  if (Array.isArray(results) && results.every((result) => result instanceof tf.Tensor)) return results;
  throw new Error(`a traced function returns tensors, got ${Array.isArray(results) ? results.map((r) => typeof r) : typeof results}`);
}
