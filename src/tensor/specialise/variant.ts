import * as tf from '@tensorflow/tfjs';
import type { Input } from '../buffers/device-tensor.js';
import { planDonation } from '../buffers/donation.js';
import type { TensorDType } from '../buffers/memory.js';
import { Plan } from '../buffers/plan.js';
import type { Graph, Value } from '../graph/graph.js';
import { interpreted } from '../interpret/program.js';
import { programCache } from '../runtime/cache.js';
import { type RuntimeChoice, type RuntimeName, runtimesFor } from '../runtime/devices.js';
import { runnable } from '../runtime/runnable.js';
import type { Program } from '../runtime/runtime.js';
import { threadsFor } from '../runtime/threads.js';
import { watchingRandom } from '../trace/randomness.js';
import { type InputSpec, type Traced, trace } from '../trace/trace.js';
import { type Flat, flatten } from '../tree.js';
import { tellingOfLong } from './long-compile.js';
import { builder, matcher, type Signature } from './signature.js';

/** How a function is compiled; by default on the best runtime here, in float32, with arguments that stay readable. */
export interface CompileOptions extends RuntimeChoice {
  /** By default chosen by the graph's work: see `threadsFor`. The bits of results depend on it. */
  readonly threads?: number;
  /** Indices of arguments whose memory the call may reuse: the state of a training step. Their tensors cannot be read afterwards. */
  readonly donate?: readonly number[];
  /** `float64` evaluates the graph in double precision in plain TypeScript: slow, for checks. */
  readonly precision?: 'float32' | 'float64';
}

/** One specialisation of a compiled function: its `signature`, such as `*,* float32[32,16],float32[]`, and what runs it on how many `threads`. */
export interface ProgramInfo {
  readonly signature: string;
  /** `interpreter` in double precision, and where nothing is left to compute. */
  readonly runtime: RuntimeName | 'interpreter';
  readonly threads: number;
  /** Why a better runtime is not used. */
  readonly refused: readonly string[];
}

/** A function to compile, and what errors call it. */
export interface SourceFunction {
  readonly fn: (...args: unknown[]) => unknown;
  readonly name: string;
  readonly options: CompileOptions;
}

/** What a function became for one signature of its arguments. */
export interface Variant {
  /** The leaves of arguments that have this signature. */
  readonly match: (args: readonly unknown[]) => Input[] | undefined;
  readonly signature: Signature;
  readonly traced: Traced;
  /** Leaves that belong to donated arguments. */
  readonly donated: readonly number[];
  readonly plan: Plan;
  readonly outputPaths: readonly string[];
  readonly build: (outputs: readonly unknown[]) => unknown;
  readonly info: ProgramInfo;
}

/** Traces the function, and loads its graph into a runtime. */
export async function makeVariant(source: SourceFunction, signature: Signature): Promise<Variant> {
  const { donate = [], precision } = source.options;
  const double = signature.specs.findIndex(({ dtype }) => dtype === 'float64');
  if (double >= 0 && precision !== 'float64')
    throw new Error(
      `${signature.paths[double]} is float64, ${source.name} computes in float32: compile with precision 'float64', or use toTf`,
    );
  const beyond = donate.find((argument) => !signature.argument.includes(argument));
  if (beyond !== undefined)
    throw new Error(`compile: donate names argument ${beyond}, counted from 0, where ${source.name} was given no tensor`);
  const start = performance.now();
  const { traced, result } = traceAt(source, signature);
  const donated = signature.argument.flatMap((argument, leaf) => (donate.includes(argument) ? [leaf] : []));
  const dtypeOf = ({ dtype }: Value) => (precision === 'float64' && dtype === 'float32' ? 'float64' : (dtype as TensorDType));
  const { program, info } = await load(source, traced, signature, start);
  const places = { inputs: signature.paths, outputs: result.paths, donated };
  const { inputs, outputs } = await planDonation(traced, program, places, dtypeOf);
  const plan = new Plan(program, inputs, outputs);
  return { match: matcher(signature), signature, traced, donated, plan, outputPaths: result.paths, build: builder(result), info };
}

/** Runs the function once on tensors without values, at the signature's shapes. */
export function traceAt({ fn, name }: SourceFunction, signature: Signature): { traced: Traced; result: Flat<tf.Tensor> } {
  let result: Flat<tf.Tensor> | undefined;
  const record = (...tensors: tf.Tensor[]) => {
    const returned = fn(...signature.unflatten(tensors));
    if (typeof (returned as PromiseLike<unknown>)?.then === 'function') return returned as tf.Tensor[]; // trace says what is wrong
    result = flatten<tf.Tensor>(returned as tf.Tensor);
    const wrong = result.leaves.findIndex((leaf) => !(leaf instanceof tf.Tensor));
    if (wrong >= 0)
      throw new Error(`${name} must return tensors, got a ${typeof result.leaves[wrong]} as ${result.paths[wrong] || 'the result'}`);
    return result.leaves;
  };
  const specs = signature.specs.map(({ shape, dtype }) => ({ shape, dtype: dtype === 'float64' ? 'float32' : dtype }) as InputSpec);
  return { traced: watchingRandom(fn as (...args: never[]) => unknown, () => trace(record, specs)), result: result! };
}

async function load(
  { name, options }: SourceFunction,
  graph: Graph,
  { key }: Signature,
  start: number,
): Promise<{ program: Program; info: ProgramInfo }> {
  const seen = runnable(graph);
  if (options.precision === 'float64' || seen.outputs.length === 0)
    return { program: interpreted(seen), info: { signature: key, runtime: 'interpreter', threads: 1, refused: [] } };
  const { usable, refused } = runtimesFor(seen, options);
  const { threads = threadsFor(seen) } = options;
  for (const runtime of usable) {
    try {
      const what = { name, runtime: runtime.name, graph: seen };
      const program = await tellingOfLong(what, start, () => runtime.load(seen, { threads, cache: programCache() }));
      return { program, info: { signature: key, runtime: runtime.name, threads, refused } };
    } catch (error) {
      refused.push((error as Error).message);
    }
  }
  throw new Error(`nothing can run ${name}: ${refused.join('; ')}`);
}

/** @throws when a tensor that the graph holds as a constant was disposed or changed since */
export function refuseStale({ name }: SourceFunction, { traced }: Variant): void {
  for (const { tensor, dataId } of traced.captured) {
    const { isDisposed, shape } = tensor as tf.Tensor;
    if (!isDisposed && tensor.dataId === dataId) continue;
    throw new Error(
      `${name} closes over a tensor [${shape}] that was ${isDisposed ? 'disposed' : 'changed'} after it was compiled: what it closes ` +
        'over is a constant of the graph. Pass it as an argument instead',
    );
  }
}
