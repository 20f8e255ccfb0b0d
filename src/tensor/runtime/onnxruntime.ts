import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import type { binding as Binding } from 'onnxruntime-node/dist/binding.js';
import type { Graph } from '../graph.js';
import { toOnnx } from '../onnx/emit.js';
import { flushingDenormals } from './floating-point.js';
import type { Memory } from './memory.js';
import { onnxruntimeOnCpu } from './onnxruntime-cpu.js';
import type { Program, Request, Runtime } from './runtime.js';

/** Where ONNX Runtime computes: `cpu`, or a GPU through `webgpu` or `cuda` when this build has it. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

interface Library {
  readonly version: string;
  readonly binding: typeof Binding;
  readonly Tensor: typeof Tensor;
}

type Session = InstanceType<Library['binding']['InferenceSession']>;

/** ONNX Runtime, or the reason why it cannot be used here. */
export function onnxruntime(provider: Provider = 'cpu'): Runtime | string {
  if (provider === 'cpu') return onnxruntimeOnCpu();
  const library = open();
  if (typeof library === 'string') return library;
  if (!providers().includes(provider)) return `this build of onnxruntime-node has no ${provider} provider, only ${providers().join(', ')}`;
  return {
    name: 'onnxruntime',
    version: library.version,
    canRun: () => true,
    load: async (graph, { threads }) => new OrtProgram(library, graph, createSession(library, toOnnx(graph), threads, provider)),
  };
}

/** The providers of the installed ONNX Runtime: compiled in, or in libraries beside it, as CUDA's are; one may still lack its driver. */
export function providers(): string[] {
  const library = open();
  if (typeof library === 'string') return [];
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const beside = (name: string) => join(root, 'bin', 'napi-v6', process.platform, process.arch, `libonnxruntime_providers_${name}.so`);
  const backends = library.binding.listSupportedBackends();
  return backends.filter(({ name, bundled }) => bundled || existsSync(beside(name))).map(({ name }) => name);
}

let opened: Library | string | undefined;

function open(): Library | string {
  opened ??= load();
  return opened;
}

// The package's public `session.run` waits for a setImmediate (3 µs) and computes at a moment that the caller does not choose, so
// denormals could not be flushed around it. The binding below it is one synchronous call.
function load(): Library | string {
  const require = createRequire(import.meta.url);
  try {
    const { Tensor, env } = require('onnxruntime-node') as typeof import('onnxruntime-node');
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as typeof import('onnxruntime-node/dist/binding.js');
    initOrt();
    return { version: env.versions.node!, binding, Tensor };
  } catch (error) {
    return `onnxruntime-node cannot be loaded: ${(error as Error).message}`;
  }
}

function createSession({ binding }: Library, onnx: Uint8Array, threads: number, provider: Provider): Session {
  const session = new binding.InferenceSession();
  const options = {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '1' } } },
  } as const;
  try {
    flushingDenormals(() => session.loadModel(onnx.buffer as ArrayBuffer, onnx.byteOffset, onnx.byteLength, options));
  } catch (error) {
    throw new Error(`ONNX Runtime could not load the graph: ${(error as Error).message}`);
  }
  return session;
}

class OrtProgram implements Program {
  readonly #library: Library;
  readonly #graph: Graph;
  readonly #session: Session;
  #requests = 0;
  #released = false;

  constructor(library: Library, graph: Graph, session: Session) {
    this.#library = library;
    this.#graph = graph;
    this.#session = session;
    onDrop.register(this, session, this);
  }

  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request {
    this.#requests++;
    return new OrtRequest(this.#library, this.#graph, this.#session, inputs, outputs, this);
  }

  release(): void {
    this.#released = true;
    this.#disposeIfUnused();
  }

  requestReleased(): void {
    this.#requests--;
    this.#disposeIfUnused();
  }

  #disposeIfUnused(): void {
    if (this.#released && this.#requests === 0 && onDrop.unregister(this)) this.#session.dispose();
  }
}

class OrtRequest implements Request {
  readonly inputs: Memory[];
  readonly outputs: Memory[];
  readonly #library: Library;
  readonly #graph: Graph;
  readonly #session: Session;
  readonly #program: OrtProgram; // so that a request keeps its program
  readonly #feeds: Record<string, Tensor> = {};
  readonly #fetches: Record<string, Tensor> = {};
  #inFlight = false;
  #released = false;

  constructor(
    library: Library,
    graph: Graph,
    session: Session,
    inputs: readonly Memory[],
    outputs: readonly Memory[],
    program: OrtProgram,
  ) {
    this.#library = library;
    this.#graph = graph;
    this.#session = session;
    this.#program = program;
    this.inputs = [...inputs];
    this.outputs = [...outputs];
    for (const [i, memory] of inputs.entries()) this.setInput(i, memory);
    for (const [i, memory] of outputs.entries()) this.setOutput(i, memory);
  }

  setInput(index: number, memory: Memory): void {
    this.#feeds[this.#graph.inputs[index].name] = tensorOver(this.#library, memory);
    this.inputs[index] = memory;
  }

  setOutput(index: number, memory: Memory): void {
    this.#fetches[this.#graph.outputs[index].name] = tensorOver(this.#library, memory);
    this.outputs[index] = memory;
  }

  run(): void {
    let results: Record<string, unknown> = {};
    flushingDenormals(() => {
      results = this.#session.run(this.#feeds, this.#fetches, {});
    });
    for (const [i, { name }] of this.#graph.outputs.entries()) forget(results[name] as Tensor, this.outputs[i]);
  }

  // ONNX Runtime computes on the caller's thread: the event loop gets its turn before, not during.
  async start(): Promise<void> {
    this.#inFlight = true;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      this.run();
    } finally {
      this.#inFlight = false;
      if (this.#released) this.#free();
    }
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (!this.#inFlight) this.#free();
  }

  #free(): void {
    this.#program.requestReleased();
  }
}

/**
 * The binding writes to the memory that it was given, and copies it to a new array besides. Left to the garbage collector these
 * copies add tens of megabytes in a loop; a transfer to length 0 frees one now.
 */
function forget(copy: Tensor, { data }: Memory): void {
  if (data.length < WORTH_FORGETTING) return;
  const buffer = (copy.data as Float32Array).buffer as ArrayBuffer & { transfer?(length: number): ArrayBuffer };
  if (buffer !== data.buffer) buffer.transfer?.(0);
}

const WORTH_FORGETTING = 256;

function tensorOver({ Tensor }: Library, memory: Memory): Tensor {
  const known = tensors.get(memory);
  if (known) return known;
  const tensor = new Tensor(memory.dtype, memory.data as Float32Array, memory.shape);
  tensors.set(memory, tensor);
  return tensor;
}

const tensors = new WeakMap<Memory, Tensor>();
const onDrop = new FinalizationRegistry<Session>((session) => session.dispose());
