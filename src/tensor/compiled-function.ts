import * as tf from '@tensorflow/tfjs';
import { programCache } from './cache.js';
import { type RuntimeChoice, type RuntimeName, runtimesFor } from './device.js';
import { DeviceTensor, fromArray, fromLeaf, type Input, specOf, valuesOf } from './device-tensor.js';
import type { Graph, Value } from './graph.js';
import { type OnnxOptions, toOnnx } from './onnx/emit.js';
import { Plan, runnable } from './plan.js';
import { interpreted } from './runtime/interpreter.js';
import type { Memory, TensorDType } from './runtime/memory.js';
import type { Program } from './runtime/runtime.js';
import { threadsFor } from './runtime/threads.js';
import { builder, matcher, parameterNames, type Signature, signatureOf } from './signature.js';
import { type Captured, type InputSpec, trace } from './trace/trace.js';
import { type Flat, flatten } from './tree.js';

export interface CompileOptions extends RuntimeChoice {
  /** By default chosen by the graph's work: see `threadsFor`. The bits of results depend on it. */
  readonly threads?: number;
  /** Indices of arguments whose memory the call may reuse: the state of a training step. Their tensors cannot be read afterwards. */
  readonly donate?: readonly number[];
  /** `float64` evaluates the graph in double precision in plain TypeScript: slow, for checks. */
  readonly precision?: 'float32' | 'float64';
}

export interface ProgramInfo {
  readonly signature: string;
  readonly runtime: RuntimeName | 'interpreter';
  readonly threads: number;
  /** Why a better runtime is not used. */
  readonly refused: readonly string[];
}

/** How a compiled function is written as a file. */
export interface ExportOptions extends Omit<OnnxOptions, 'dynamicBatch'> {
  /** Inputs whose first axis is the batch, by their place in the arguments (`['batch.x']`): the file runs at any batch length. */
  readonly dynamicBatch?: readonly string[];
}

/** What `fn` became for one signature of its arguments. */
interface Variant {
  readonly match: (args: readonly unknown[]) => Input[] | undefined;
  readonly signature: Signature;
  readonly graph: Graph;
  readonly captured: readonly Captured[];
  readonly outputPaths: readonly string[];
  readonly build: (outputs: readonly DeviceTensor[]) => unknown;
  readonly donated: readonly number[];
  readonly plan: Plan;
  readonly info: ProgramInfo;
}

/** How long calls may follow one another before timers and signals get a turn, in milliseconds. */
const TURN_MS = 10;
let lastTurn = 0;

/** The state behind a compiled function: its graphs by signature, and the call in flight. */
export class CompiledFunction {
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #options: CompileOptions;
  readonly #name: string;
  readonly #names: readonly string[];
  readonly #variants = new Map<string, Promise<Variant>>();
  readonly #ready: Variant[] = [];
  #inFlight: Promise<unknown> | undefined;
  #calls = 0;
  #released = false;
  #warned = false;

  constructor(fn: (...args: unknown[]) => unknown, options: CompileOptions) {
    this.#fn = fn;
    this.#options = options;
    this.#name = fn.name || 'the compiled function';
    this.#names = parameterNames(fn);
  }

  get programs(): readonly ProgramInfo[] {
    return this.#ready.map(({ info }) => info);
  }

  async call(args: readonly unknown[]): Promise<unknown> {
    interruptedCell()?.throwIfAborted();
    if (this.#released) throw new Error(`${this.#name} was released; compile it again`);
    let [variant, leaves] = this.#known(args);
    if (!variant || !leaves) {
      const signature = signatureOf(args, this.#names);
      leaves = this.#owned(signature.leaves, signature.paths); // the caller may change its arrays while we compile
      variant = await this.#variantFor(signature);
    } else if (this.#options.precision === 'float64') leaves = this.#owned(leaves, variant.signature.paths);
    if (this.#inFlight) {
      leaves = this.#owned(leaves, variant.signature.paths);
      while (this.#inFlight) await this.#inFlight;
    }
    const call = this.#begin(variant, leaves);
    let outputs: DeviceTensor[];
    countStep()?.(1);
    try {
      const running = variant.plan.run(leaves, call.memories);
      outputs = running instanceof Promise ? await this.#alone(running) : running;
    } catch (error) {
      for (const i of call.given) DeviceTensor.restore(leaves[i] as DeviceTensor, call.memories[i]!);
      throw error;
    } finally {
      countStep()?.(-1);
    }
    for (const i of call.given) call.memories[i]!.holds--;
    if (performance.now() - lastTurn > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      lastTurn = performance.now();
    }
    return variant.build(outputs);
  }

  #known(args: readonly unknown[]): [Variant?, Input[]?] {
    for (const variant of this.#ready) {
      const leaves = variant.match(args);
      if (leaves) return [variant, leaves];
    }
    return [];
  }

  /** Checks the arguments and takes the donated ones. */
  #begin({ captured, signature, donated }: Variant, leaves: Input[]): { memories: (Memory | undefined)[]; given: number[] } {
    for (const { tensor, dataId } of captured)
      if ((tensor as tf.Tensor).isDisposed || tensor.dataId !== dataId) throw staleCapture(this.#name, tensor as tf.Tensor);
    const { paths } = signature;
    for (const i of donated) leaves[i] = fromLeaf(leaves[i]!, paths[i]!);
    const memories: (Memory | undefined)[] = [];
    for (const leaf of leaves) memories.push(leaf instanceof DeviceTensor ? DeviceTensor.memoryOf(leaf) : undefined);
    const step = ++this.#calls;
    const given: number[] = [];
    for (const i of donated) if (DeviceTensor.donate(leaves[i] as DeviceTensor, paths[i]!, step)) given.push(i);
    return { memories, given };
  }

  /** Lets later calls wait for this one. */
  async #alone<T>(running: Promise<T>): Promise<T> {
    this.#inFlight = running.catch(() => {});
    try {
      return await running;
    } finally {
      this.#inFlight = undefined;
    }
  }

  /** The leaves as tensors that nobody else changes, in double precision where that was asked for. */
  #owned(leaves: readonly Input[], paths: readonly string[]): Input[] {
    const { precision } = this.#options;
    return leaves.map((leaf, i) => {
      const { shape, dtype } = specOf(leaf, paths[i]!);
      if (precision !== 'float64' || dtype !== 'float32') return fromLeaf(leaf, paths[i]!);
      return fromArray(leaf instanceof DeviceTensor ? DeviceTensor.memoryOf(leaf).data : valuesOf(leaf), shape, 'float64');
    });
  }

  #variantFor(signature: Signature): Promise<Variant> {
    const known = this.#variants.get(signature.key);
    if (known) return known;
    const building = this.#build(signature);
    this.#variants.set(signature.key, building);
    building.catch(() => this.#variants.delete(signature.key));
    return building;
  }

  async #build(signature: Signature): Promise<Variant> {
    const { donate = [], precision } = this.#options;
    const double = signature.specs.findIndex(({ dtype }) => dtype === 'float64');
    if (double >= 0 && precision !== 'float64')
      throw new Error(
        `${signature.paths[double]} is float64, ${this.#name} computes in float32: compile with precision 'float64', or use toTf`,
      );
    this.#warnOfRetracing(signature);
    const { graph, captured, result } = this.#trace(signature);
    const donated = signature.argument.flatMap((argument, leaf) => (donate.includes(argument) ? [leaf] : []));
    const dtypeOf = ({ dtype }: Value) => (precision === 'float64' && dtype === 'float32' ? 'float64' : (dtype as TensorDType));
    const { program, info } = await this.#load(graph, signature);
    const plan = new Plan(graph, program, { inputs: signature.paths, outputs: result.paths, donated }, dtypeOf);
    const build = builder<DeviceTensor>(result);
    const variant = { match: matcher(signature), signature, graph, captured, outputPaths: result.paths, build, donated, plan, info };
    this.#ready.push(variant);
    return variant;
  }

  #trace(signature: Signature): { graph: Graph; captured: readonly Captured[]; result: Flat<tf.Tensor> } {
    let result: Flat<tf.Tensor> | undefined;
    const record = (...tensors: tf.Tensor[]) => {
      const returned = this.#fn(...signature.unflatten(tensors));
      if (typeof (returned as PromiseLike<unknown>)?.then === 'function') return returned as tf.Tensor[]; // trace says what is wrong
      result = flatten<tf.Tensor>(returned as tf.Tensor);
      const wrong = result.leaves.findIndex((leaf) => !(leaf instanceof tf.Tensor));
      if (wrong >= 0)
        throw new Error(
          `${this.#name} must return tensors, got a ${typeof result.leaves[wrong]} as ${result.paths[wrong] || 'the result'}`,
        );
      return result.leaves;
    };
    try {
      const specs = signature.specs.map(({ shape, dtype }) => ({ shape, dtype: dtype === 'float64' ? 'float32' : dtype }) as InputSpec);
      const { captured, ...graph } = trace(record, specs);
      return { graph, captured, result: result! };
    } catch (error) {
      const before = this.#ready.at(-1)?.signature;
      const changed = before && firstChange(before, signature);
      if (changed && error instanceof Error) error.message += ` (${changed})`;
      throw error;
    }
  }

  async #load(graph: Graph, { key }: Signature): Promise<{ program: Program; info: ProgramInfo }> {
    const seen = runnable(graph);
    if (this.#options.precision === 'float64' || seen.outputs.length === 0)
      return { program: interpreted(seen), info: { signature: key, runtime: 'interpreter', threads: 1, refused: [] } };
    const { usable, refused } = runtimesFor(seen, this.#options);
    const threads = this.#options.threads ?? threadsFor(seen);
    const onnx = toOnnx(seen);
    const cache = programCache();
    for (const runtime of usable) {
      try {
        return {
          program: await runtime.load(seen, onnx, { threads, cache }),
          info: { signature: key, runtime: runtime.name, threads, refused },
        };
      } catch (error) {
        refused.push((error as Error).message);
      }
    }
    throw new Error(`nothing can run ${this.#name}: ${refused.join('; ')}`);
  }

  #warnOfRetracing(signature: Signature): void {
    const traced = this.#variants.size;
    if (this.#warned || traced < MANY_TRACES || this.#calls > 2 * traced) return;
    this.#warned = true;
    const changed = firstChange(this.#ready.at(-1)!.signature, signature);
    console.warn(
      `${this.#name} has been compiled ${traced} times in ${this.#calls + 1} calls, because its arguments keep changing shape (${changed}). ` +
        'Compiling takes far longer than a step: pad batches to one shape, or drop the last, smaller one.',
    );
  }

  toOnnx({ dynamicBatch, ...options }: ExportOptions = {}): Uint8Array {
    const variant = this.#ready.at(-1);
    if (!variant) throw new Error(`${this.#name} has no graph before its first call: call it once with arguments of the shapes to export`);
    const { graph, signature, outputPaths } = variant;
    const inputNames = signature.paths.map((path, i) => path || `in${i}`);
    const outputNames = outputPaths.map((path) => (inputNames.includes(path) ? `next.${path}` : path || 'output'));
    const unknown = dynamicBatch?.find((name) => !inputNames.includes(name));
    if (unknown !== undefined)
      throw new Error(`toOnnx: dynamicBatch names '${unknown}', which is none of the inputs ${inputNames.join(', ')}`);
    const specs = (length: number) =>
      signature.specs.map((spec, i) =>
        dynamicBatch!.includes(inputNames[i]!) ? { ...spec, shape: [length, ...spec.shape.slice(1)] } : spec,
      );
    const atLength = dynamicBatch && ((length: number) => this.#trace({ ...signature, specs: specs(length) }).graph);
    return toOnnx(graph, { inputNames, outputNames, ...options, dynamicBatch: atLength });
  }

  release(): void {
    this.#released = true;
    for (const { plan } of this.#ready) plan.release();
    this.#ready.length = 0;
    this.#variants.clear();
  }
}

const MANY_TRACES = 5;

/** The signal of the notebook cell that is running, which the kernel sets. */
const ABORT = Symbol.for('lemmata.abort');
const interruptedCell = () => (globalThis as Record<symbol, unknown>)[ABORT] as AbortSignal | undefined;

/** Tells the kernel how many steps are in flight: an interrupt waits for their end, so that no donated state is lost. */
const IN_FLIGHT = Symbol.for('lemmata.inFlight');
const countStep = () => (globalThis as Record<symbol, unknown>)[IN_FLIGHT] as ((change: 1 | -1) => void) | undefined;

function staleCapture(name: string, tensor: tf.Tensor): Error {
  const what = tensor.isDisposed ? 'disposed' : 'changed';
  return new Error(
    `${name} closes over a tensor [${tensor.shape}] that was ${what} after it was compiled: what it closes over is a constant of the ` +
      'graph. Pass it as an argument instead',
  );
}

/** How a signature differs from an earlier one, by its first differing leaf. */
function firstChange(before: Signature, now: Signature): string {
  const show = ({ specs }: Signature, i: number) => `${specs[i]!.dtype} [${specs[i]!.shape}]`;
  const i = now.specs.findIndex((_, k) => now.paths[k] !== before.paths[k] || show(now, k) !== show(before, k));
  if (i < 0 || now.paths[i] !== before.paths[i]) return 'its arguments have another structure than before';
  return `${now.paths[i]} is ${show(now, i)}, and was ${show(before, i)}`;
}
