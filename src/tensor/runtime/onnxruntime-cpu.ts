import { type Graph, sizeOf } from '../graph.js';
import { toOnnx } from '../onnx/emit.js';
import { flushingDenormals } from './floating-point.js';
import type { Memory } from './memory.js';
import { type Api, openLibrary, type Pointer } from './onnxruntime-ffi.js';
import type { Program, Request, Runtime } from './runtime.js';

const ELEMENT_TYPES = { bool: 9, float32: 1, float64: 11, int32: 6 } as const; // ONNXTensorElementDataType
const [ERRORS_ONLY, ALL_OPTIMIZATIONS, ARENA_ALLOCATOR, DEFAULT_MEMORY] = [3, 99, 1, 0];

/** ONNX Runtime on the processor, or the reason why it cannot be used here. */
export function onnxruntimeOnCpu(): Runtime | string {
  opened ??= open();
  if (typeof opened === 'string') return opened;
  const library = opened;
  return {
    name: 'onnxruntime',
    version: library.api.version,
    canRun: () => true,
    load: async (graph, { threads }) => new OrtProgram(library, graph, createSession(library, toOnnx(graph), threads)),
  };
}

interface Library {
  readonly api: Api;
  readonly env: Pointer;
  /** What tensors over JavaScript's arrays are told about their memory. */
  readonly memory: Pointer;
}

let opened: Library | string | undefined;

function open(): Library | string {
  try {
    const api = openLibrary();
    const env = create(api, 'start', (out) => api.createEnv(ERRORS_ONLY, 'lemmata', out));
    return { api, env, memory: create(api, 'describe memory', (out) => api.createCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, out)) };
  } catch (error) {
    return `ONNX Runtime cannot be loaded: ${(error as Error).message}`;
  }
}

function createSession({ api, env }: Library, onnx: Uint8Array, threads: number): Session {
  const options = create(api, 'create options', (out) => api.createSessionOptions(out));
  const set = (status: Pointer | null) => check(api, 'set an option', status);
  try {
    set(api.setSessionLogSeverityLevel(options, ERRORS_ONLY));
    set(api.setSessionGraphOptimizationLevel(options, ALL_OPTIMIZATIONS));
    set(api.setIntraOpNumThreads(options, threads));
    set(api.addSessionConfigEntry(options, 'session.set_denormal_as_zero', '1'));
    set(api.addSessionConfigEntry(options, 'session.intra_op.allow_spinning', '1'));
    let session: Pointer | undefined;
    flushingDenormals(() => {
      session = create(api, 'load the graph', (out) => api.createSessionFromArray(env, onnx, onnx.length, options, out));
    });
    return new Session(api, session!);
  } finally {
    api.releaseSessionOptions(options);
  }
}

/** A session, freed when neither its program nor a request needs it: one that is collected may be so before the others. */
class Session {
  readonly pointer: Pointer;
  readonly #api: Api;
  #holders = 0;

  constructor(api: Api, pointer: Pointer) {
    this.#api = api;
    this.pointer = pointer;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  drop(): void {
    if (--this.#holders === 0) this.#api.releaseSession(this.pointer);
  }
}

class OrtProgram implements Program {
  readonly #library: Library;
  readonly #graph: Graph;
  readonly #session: Session;

  constructor(library: Library, graph: Graph, session: Session) {
    this.#library = library;
    this.#graph = graph;
    this.#session = session.hold();
    onDrop.register(this, () => session.drop(), this);
  }

  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request {
    return new OrtRequest(this.#library, this.#graph, this.#session, inputs, outputs);
  }

  release(): void {
    if (onDrop.unregister(this)) this.#session.drop();
  }
}

class OrtRequest implements Request {
  readonly inputs: Memory[];
  readonly outputs: Memory[];
  readonly #library: Library;
  readonly #graph: Graph;
  readonly #session: Session;
  readonly #binding: Pointer;
  readonly #free: () => void;
  #inFlight = false;
  #released = false;

  constructor(library: Library, graph: Graph, session: Session, inputs: readonly Memory[], outputs: readonly Memory[]) {
    const { api } = library;
    this.#library = library;
    this.#graph = graph;
    this.#session = session;
    const binding = create(api, 'create a request', (out) => api.createIoBinding(session.pointer, out));
    this.#binding = binding;
    session.hold();
    const free = () => {
      api.releaseIoBinding(binding);
      session.drop();
    };
    onDrop.register(this, free, this);
    this.#free = free;
    this.inputs = [...inputs];
    this.outputs = [...outputs];
    for (const [i, memory] of inputs.entries()) this.setInput(i, memory);
    for (const [i, memory] of outputs.entries()) this.setOutput(i, memory);
  }

  setInput(index: number, memory: Memory): void {
    const { api } = this.#library;
    const { name } = this.#graph.inputs[index];
    check(api, 'bind an input', api.bindInput(this.#binding, name, tensorOver(this.#library, memory)));
    this.inputs[index] = memory;
  }

  setOutput(index: number, memory: Memory): void {
    const { api } = this.#library;
    const { name } = this.#graph.outputs[index];
    check(api, 'bind an output', api.bindOutput(this.#binding, name, tensorOver(this.#library, memory)));
    this.outputs[index] = memory;
  }

  run(): void {
    const { api } = this.#library;
    let status: Pointer | null = null;
    flushingDenormals(() => {
      status = api.runWithBinding(this.#session.pointer, null, this.#binding);
    });
    check(api, 'run the graph', status);
  }

  // ONNX Runtime computes on the caller's thread: the event loop gets its turn before, not during.
  async start(): Promise<void> {
    this.#inFlight = true;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      this.run();
    } finally {
      this.#inFlight = false;
      if (this.#released) this.release();
    }
  }

  release(): void {
    this.#released = true;
    if (!this.#inFlight && onDrop.unregister(this)) this.#free();
  }
}

/** The library's handle over a memory, made once and freed after the memory. */
function tensorOver({ api, memory: info }: Library, memory: Memory): Pointer {
  const known = tensors.get(memory);
  if (known) return known;
  const { data, dtype, shape } = memory;
  if (sizeOf(shape) !== data.length) throw new Error(`memory of ${data.length} elements cannot have the shape [${shape}]`);
  const dims = BigInt64Array.from(shape, BigInt);
  void data.buffer; // an array of up to 64 bytes lives where the collector may move it, until its buffer is asked for
  const tensor = create(api, 'create a tensor', (out) =>
    api.createTensorWithDataAsOrtValue(info, data, data.byteLength, dims, dims.length, ELEMENT_TYPES[dtype], out),
  );
  tensors.set(memory, tensor);
  onDrop.register(memory, () => api.releaseValue(tensor));
  return tensor;
}

const tensors = new WeakMap<Memory, Pointer>();
const onDrop = new FinalizationRegistry<() => void>((free) => free());

function check(api: Api, what: string, status: Pointer | null): void {
  if (!status) return;
  const message = api.getErrorMessage(status);
  api.releaseStatus(status);
  throw new Error(`ONNX Runtime could not ${what}: ${message}`);
}

function create(api: Api, what: string, call: (out: [Pointer | null]) => Pointer | null): Pointer {
  const out: [Pointer | null] = [null];
  check(api, what, call(out));
  return out[0]!;
}
