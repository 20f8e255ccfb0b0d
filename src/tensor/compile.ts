import type * as tf from '@tensorflow/tfjs';
import type { DeviceTensor, Input } from './buffers/device-tensor.js';
import type { TypedArray } from './buffers/memory.js';
import { CompiledFunction, type ExportOptions } from './specialise/compiled-function.js';
import type { CompileOptions, ProgramInfo } from './specialise/variant.js';
import type { Mapped } from './tree.js';

export type { ExportOptions } from './specialise/compiled-function.js';
export type { CompileOptions, ProgramInfo } from './specialise/variant.js';

type Inputs<A extends unknown[]> = { [K in keyof A]: Mapped<A[K], tf.Tensor, Input> };

/** A function that runs as one compiled graph per signature (structure, shapes and types of its arguments). */
export interface Compiled<A extends unknown[], R> {
  (...args: Inputs<A>): Promise<Mapped<R, tf.Tensor, DeviceTensor>>;
  /** What it was compiled for so far, and what runs it. */
  readonly programs: readonly ProgramInfo[];
  /**
   * The graph for arguments like these as a synchronous function that allocates nothing: for one prediction at a time, in microseconds.
   * Every call overwrites the arrays of the one before.
   *
   *     const predict = await compile((x) => model(params, x)).session({ data: new Float32Array(512), shape: [1, 32, 16] });
   *     const [mean] = predict(x);
   *
   * Parameters that `fn` closes over are constants, which the runtime packs for its fastest kernels beforehand.
   *
   * @throws  when called with arguments of other shapes
   */
  session(...example: Inputs<A>): Promise<Session<A, R>>;
  /**
   * The latest graph as a standard ONNX file (opset 18); inputs and outputs are named by their place in the arguments and the result.
   *
   * It is the plain model, whatever runs it here: what a runtime's faults need is written when that runtime loads it. So where the file
   * runs elsewhere, NaN and the order of equal elements go through as that runtime has them.
   *
   * @throws  before the first call, or where something depends on a batch left open in a way that no file can say
   */
  toOnnx(options?: ExportOptions): Uint8Array;
  /** Frees what the runtime holds; it cannot be called afterwards. Dropping every reference does the same, later. */
  release(): void;
}

/** One specialisation of a compiled function as a synchronous call without allocation; see `Compiled.session`. */
export interface Session<A extends unknown[], R> {
  (...args: Inputs<A>): Mapped<R, tf.Tensor, TypedArray>;
  /** Frees its memory; it lives on when the compiled function is released. */
  release(): void;
}

/**
 * Compiles a pure function of trees of tensors.
 *
 * `fn` runs once per signature to record its operations; JavaScript values and tensors it closes over become constants. (It runs again at
 * the first call after a pause of a second or more, to warn of a number that has changed.) An index outside an array takes NaN, 0 of
 * integers, and puts nothing; a float cast to int32 is the nearest integer there is, and 0 of NaN. The compiled function takes tensors of any kind, typed arrays and numbers, and returns tensors that stay with the runtime:
 *
 *     const step = compile((state, batch) => { … return { state: next, loss }; }, { donate: [0] });
 *     for (…) ({ state, loss } = await step(state, batch));
 *
 * Calls run one after another. A short step runs at once, a longer one beside the event loop, and every loop of calls lets timers
 * and signals through; when the notebook's cell is interrupted the next call throws and the latest state stays usable.
 *
 * @throws  for an option that does not exist; when called: where `fn` asks for a value while it is recorded or draws random numbers by tfjs, where an argument is no data or was donated or disposed, or
 *          where a tensor that `fn` closes over was disposed or changed since
 */
export function compile<A extends unknown[], R>(fn: (...args: A) => R, options: CompileOptions = {}): Compiled<A, R> {
  const compiled = new CompiledFunction(fn as (...args: unknown[]) => unknown, options);
  const call = (...args: unknown[]) => compiled.call(args);
  Object.defineProperty(call, 'programs', { get: () => compiled.programs });
  return Object.assign(call, {
    session: (...args: unknown[]) => compiled.session(args),
    toOnnx: (options?: ExportOptions) => compiled.toOnnx(options),
    release: () => compiled.release(),
  }) as unknown as Compiled<A, R>;
}
