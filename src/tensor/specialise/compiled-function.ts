import { cellHook, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { DeviceTensor, fromArray, fromLeaf, type Input, specOf, valuesOf } from '../buffers/device-tensor.js';
import { giveBack, type Taken, takeDonated } from '../buffers/donation.js';
import { type OnnxOptions, toOnnx } from '../onnx/emit.js';
import { checkChoice } from '../runtime/devices.js';
import { ClosureWatch } from './closure-watch.js';
import { makeSession } from './session.js';
import { firstChange, parameterNames, type Signature, signatureOf } from './signature.js';
import { type CompileOptions, makeVariant, type ProgramInfo, refuseStale, type SourceFunction, traceAt, type Variant } from './variant.js';

/** How a compiled function is written as a file. */
export interface ExportOptions extends Omit<OnnxOptions, 'dynamicBatch'> {
  /** Inputs whose first axis is the batch, by their place in the arguments (`['batch.x']`): the file runs at any batch length. */
  readonly dynamicBatch?: readonly string[];
}

/** How long calls may follow one another before timers and signals get a turn, in milliseconds. */
const TURN_MS = 10;
let lastTurn = 0;

/** The state behind a compiled function: what it became for each signature, and the call in flight. */
export class CompiledFunction {
  readonly #source: SourceFunction;
  readonly #names: readonly string[];
  readonly #variants = new Map<string, Promise<Variant>>();
  readonly #ready: Variant[] = [];
  #inFlight: Promise<unknown> | undefined;
  #calls = 0;
  #released = false;
  #warned = false;
  readonly #watch: ClosureWatch;

  constructor(fn: (...args: unknown[]) => unknown, options: CompileOptions) {
    checkChoices(options);
    this.#source = { fn, name: fn.name || 'the compiled function', options };
    this.#names = parameterNames(fn);
    this.#watch = new ClosureWatch(this.#source);
  }

  get programs(): readonly ProgramInfo[] {
    return this.#ready.map(({ info }) => info);
  }

  async call(args: readonly unknown[]): Promise<unknown> {
    this.#refuseReleased();
    let [variant, leaves] = this.#known(args);
    if (!variant || !leaves) {
      const signature = signatureOf(args, this.#names);
      leaves = this.#owned(signature.leaves, signature.paths); // the caller may change its arrays while we compile
      variant = await this.#variantFor(signature);
    } else if (this.#source.options.precision === 'float64') leaves = this.#owned(leaves, variant.signature.paths);
    if (this.#inFlight) {
      leaves = this.#owned(leaves, variant.signature.paths);
      while (this.#inFlight) await this.#inFlight;
    }
    const call = this.#begin(variant, leaves);
    this.#watch.before(variant);
    let outputs: DeviceTensor[];
    cellHook('inFlight')?.(1);
    try {
      const running = variant.plan.run(leaves, call.memories);
      outputs = running instanceof Promise ? await this.#alone(running) : running;
    } catch (error) {
      giveBack(leaves, call, (leaf) => variant.plan.isAliased(leaf));
      throw error;
    } finally {
      cellHook('inFlight')?.(-1);
    }
    for (const i of call.taken) call.memories[i]!.holds--;
    if (performance.now() - lastTurn > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      lastTurn = performance.now();
    }
    this.#watch.after();
    return variant.build(outputs);
  }

  async session(args: readonly unknown[]): Promise<ReturnType<typeof makeSession>> {
    this.#refuseReleased();
    const variant = await this.#variantFor(signatureOf(args, this.#names));
    refuseStale(this.#source, variant);
    const session = makeSession(variant, this.#source.name, this.#names);
    session(...args); // a first run is slower than the others
    return session;
  }

  #known(args: readonly unknown[]): [Variant?, Input[]?] {
    for (const variant of this.#ready) {
      const leaves = variant.match(args);
      if (leaves) return [variant, leaves];
    }
    return [];
  }

  /** Checks that the call can be made, and takes the donated arguments. */
  #begin(variant: Variant, leaves: Input[]): Taken {
    this.#refuseReleased();
    cellHook('abort')?.throwIfAborted();
    refuseStale(this.#source, variant);
    const taken = takeDonated(leaves, variant.donated, variant.signature.paths, this.#calls + 1);
    this.#calls++;
    return taken;
  }

  #refuseReleased(): void {
    if (this.#released) throw new Error(`${this.#source.name} was released; compile it again`);
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
    const { precision } = this.#source.options;
    return leaves.map((leaf, i) => {
      const { shape, dtype } = specOf(leaf, paths[i]);
      if (precision !== 'float64' || dtype !== 'float32') return fromLeaf(leaf, paths[i]);
      return fromArray(leaf instanceof DeviceTensor ? DeviceTensor.memoryOf(leaf).data : valuesOf(leaf), shape, 'float64');
    });
  }

  #variantFor(signature: Signature): Promise<Variant> {
    const known = this.#variants.get(signature.key);
    if (known) return known;
    const making = this.#make(signature);
    this.#variants.set(signature.key, making);
    making.catch(() => this.#variants.delete(signature.key));
    return making;
  }

  async #make(signature: Signature): Promise<Variant> {
    const before = this.#ready.at(-1)?.signature;
    if (before) this.#warnOfRetracing(before, signature);
    try {
      const variant = await makeVariant(this.#source, signature);
      this.#ready.push(variant);
      return variant;
    } catch (error) {
      if (before && error instanceof Error) error.message += ` (${firstChange(before, signature)})`;
      throw error;
    }
  }

  #warnOfRetracing(before: Signature, signature: Signature): void {
    const traced = this.#variants.size;
    if (this.#warned || traced < MANY_TRACES || this.#calls > 2 * traced) return;
    this.#warned = true;
    console.warn(
      `${this.#source.name} has been compiled ${traced} times in ${this.#calls + 1} calls, because its arguments keep changing shape ` +
        `(${firstChange(before, signature)}). Compiling takes far longer than a step: pad batches to one shape, or drop the last, smaller one.`,
    );
  }

  toOnnx(given: ExportOptions = {}): Uint8Array {
    checkOptions('toOnnx', given, ['dynamicBatch', 'inputNames', 'outputNames', 'metadata']);
    const { dynamicBatch, ...options } = given;
    const variant = this.#ready.at(-1);
    if (!variant)
      throw new Error(`${this.#source.name} has no graph before its first call: call it once with arguments of the shapes to export`);
    const { traced, signature, outputPaths } = variant;
    const inputNames = signature.paths.map((path, i) => path || `in${i}`);
    const outputNames = outputPaths.map((path) => (inputNames.includes(path) ? `next.${path}` : path || 'output'));
    const unknown = dynamicBatch?.find((name) => !inputNames.includes(name));
    if (unknown !== undefined)
      throw new Error(`toOnnx: dynamicBatch names '${unknown}', which is none of the inputs ${inputNames.join(', ')}`);
    const specs = (length: number) =>
      signature.specs.map((spec, i) =>
        dynamicBatch!.includes(inputNames[i]) ? { ...spec, shape: [length, ...spec.shape.slice(1)] } : spec,
      );
    const atLength = dynamicBatch && ((length: number) => traceAt(this.#source, { ...signature, specs: specs(length) }).traced);
    return toOnnx(traced, { inputNames, outputNames, ...options, dynamicBatch: atLength });
  }

  release(): void {
    this.#released = true;
    for (const { plan } of this.#ready) plan.release();
    this.#ready.length = 0;
    this.#variants.clear();
  }
}

const MANY_TRACES = 5;

/** @throws when an option is unknown or has a value that it cannot have */
function checkChoices(options: CompileOptions): void {
  checkOptions('compile', options, ['runtime', 'device', 'threads', 'donate', 'precision']);
  const { threads, donate, precision } = options;
  checkChoice(options);
  if (precision !== undefined) checkOneOf('compile', 'precision', precision, ['float32', 'float64']);
  if (threads !== undefined) checkWhole('compile', 'threads', threads);
  if (donate !== undefined && !(Array.isArray(donate) && donate.every((i) => Number.isSafeInteger(i) && i >= 0)))
    throw new Error(`compile: donate must be a list of arguments counted from 0, such as [0], got ${JSON.stringify(donate)}`);
}
