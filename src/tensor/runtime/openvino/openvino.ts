import { sizeOf } from '../../../base/index.js';
import type { Memory } from '../../buffers/memory.js';
import type { Graph } from '../../graph/graph.js';
import { toOnnx } from '../../onnx/emit.js';
import { cacheKey } from '../cache.js';
import { flushingDenormals } from '../floating-point.js';
import type { Out, Pointer } from '../pointer.js';
import type { GraphRuntime, LoadOptions, Program, Request } from '../runtime.js';
import { type OpenVinoApi, openLibrary, type Property } from './ffi.js';
import { legalise, lower } from './lower/lower.js';
import { refusal } from './support.js';

const ELEMENT_TYPES = { bool: 1, float32: 4, float64: 5, int32: 9 } as const; // ov_element_type_e

/** OpenVINO's CPU plugin, or the reason why it cannot be used here. */
export function openvino(folder?: string): GraphRuntime | string {
  const api = openLibrary(folder);
  if (typeof api === 'string') return api;
  return {
    name: 'openvino',
    version: api.version,
    canRun: (graph) => refusal(legalise(graph)) ?? true,
    load: (graph, options) => load(api, graph, options),
  };
}

async function load(api: OpenVinoApi, graph: Graph, { threads, cache }: LoadOptions): Promise<Program> {
  const properties: Property[] = [
    { key: 'INFERENCE_NUM_THREADS', value: String(threads) },
    { key: 'NUM_STREAMS', value: '1' },
    { key: 'PERFORMANCE_HINT', value: 'LATENCY' },
    { key: 'INFERENCE_PRECISION_HINT', value: 'f32' }, // else bfloat16 where the processor has it
    { key: 'CPU_DENORMALS_OPTIMIZATION', value: 'YES' },
    { key: 'ENABLE_CPU_PINNING', value: 'NO' },
  ];
  const given = lower(graph);
  const onnx = toOnnx(given);
  const ports = graph.outputs.map(({ name }) => {
    const place = given.outputs.findIndex((output) => output.name === name);
    return { place, shape: given.outputs[place].shape };
  });
  const key = cacheKey('openvino', api.version, JSON.stringify(properties), onnx);
  const kept = cache?.get(key);
  let compiled: Pointer | undefined;
  flushingDenormals(() => {
    compiled = restore(api, kept, properties);
  });
  compiled ??= await compile(api, onnx, properties);
  if (!kept) cache?.put(key, (file) => check(api, 'export the program', api.exportModel(compiled!, file)));
  return new OpenVinoProgram(api, compiled!, kept, ports, legalise(graph));
}

/** Beside the event loop, since it may take seconds: timers and interrupts go on. */
async function compile(api: OpenVinoApi, onnx: Uint8Array, properties: Property[]): Promise<Pointer> {
  const model = create(api, 'read the ONNX model', (out) => api.readModel(api.core, onnx, onnx.length, null, out));
  try {
    const out: Out = [null];
    const beside = (done: (status: number) => void, fail: (error: Error) => void) =>
      api.compile.async(api.core, model, 'CPU', properties.length, properties, out, (error, status) =>
        error ? fail(error) : done(status),
      );
    if (api.isDeep && (await new Promise<number>(beside)) === 0) return out[0]!;
    // The library has its message for the thread that called: this one.
    let compiled: Pointer | undefined;
    flushingDenormals(() => {
      compiled = create(api, 'compile the graph', (out) => api.compile(api.core, model, 'CPU', properties.length, properties, out));
    });
    return compiled!;
  } finally {
    api.freeModel(model);
  }
}

/** The compiled program whose bytes an earlier process kept. The properties are not among them. */
function restore(api: OpenVinoApi, kept: Uint8Array | undefined, properties: Property[]): Pointer | undefined {
  const out: [Pointer | null] = [null];
  const restored = kept && api.setProperties(api.core, 'CPU', properties.length, properties) === 0;
  return restored && api.importModel(api.core, kept, kept.length, 'CPU', out) === 0 ? out[0]! : undefined;
}

/** Where the program has an output of the graph, and in which shape. */
interface OutputPort {
  readonly place: number;
  readonly shape: readonly number[];
}

class OpenVinoProgram implements Program {
  readonly lowered: Graph;
  readonly #api: OpenVinoApi;
  readonly #compiled: Pointer;
  /** The bytes it was restored from: its constants are read where they lie in them, also by its requests. */
  readonly #kept: Uint8Array | undefined;
  readonly #ports: readonly OutputPort[];
  #released = false;

  constructor(api: OpenVinoApi, compiled: Pointer, kept: Uint8Array | undefined, ports: readonly OutputPort[], lowered: Graph) {
    this.lowered = lowered;
    this.#api = api;
    this.#compiled = compiled;
    this.#kept = kept;
    this.#ports = ports;
    onDrop.register(this, () => api.freeCompiled(compiled), this);
  }

  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request {
    if (this.#released) throw new Error('this program was released');
    return new OpenVinoRequest(this.#api, this.#compiled, this.#kept, this.#ports, inputs, outputs);
  }

  release(): void {
    this.#released = true;
    if (onDrop.unregister(this)) this.#api.freeCompiled(this.#compiled);
  }
}

class OpenVinoRequest implements Request {
  readonly inputs: Memory[];
  readonly outputs: Memory[];
  readonly #api: OpenVinoApi;
  readonly #ports: readonly OutputPort[];
  readonly #request: Pointer;
  #hasRun = false;
  #inFlight = false;
  #released = false;

  constructor(
    api: OpenVinoApi,
    compiled: Pointer,
    kept: Uint8Array | undefined,
    ports: readonly OutputPort[],
    inputs: readonly Memory[],
    outputs: readonly Memory[],
  ) {
    this.#api = api;
    this.#ports = ports;
    this.#request = create(api, 'create a request', (out) => api.createRequest(compiled, out));
    const bound = { inputs: [...inputs], outputs: [...outputs], kept };
    this.inputs = bound.inputs;
    this.outputs = bound.outputs;
    const request = this.#request;
    const free = () => {
      api.freeRequest(request);
      bound.inputs.length = bound.outputs.length = 0; // named here, the memory outlives the request that may write to it
      bound.kept = undefined;
    };
    onDrop.register(this, free, this);
    for (const [i, memory] of inputs.entries()) this.setInput(i, memory);
    for (const [i, memory] of outputs.entries()) this.setOutput(i, memory);
  }

  setInput(index: number, memory: Memory): void {
    check(this.#api, 'bind an input', this.#api.setInput(this.#request, index, tensorOver(this.#api, memory, memory.shape)));
    this.inputs[index] = memory;
  }

  setOutput(index: number, memory: Memory): void {
    const { place, shape } = this.#ports[index];
    check(this.#api, 'bind an output', this.#api.setOutput(this.#request, place, tensorOver(this.#api, memory, shape)));
    this.outputs[index] = memory;
  }

  run(): void {
    let status = 0;
    const infer = () => {
      status = this.#api.infer(this.#request);
    };
    // A thread's first call fixes how its later ones treat denormals.
    if (this.#hasRun) infer();
    else flushingDenormals(infer);
    this.#hasRun = true;
    check(this.#api, 'run the graph', status);
  }

  // The library's own thread computes and another one waits: it flushes denormals as `run` does, so the bits are the same.
  async start(): Promise<void> {
    check(this.#api, 'start the graph', this.#api.startAsync(this.#request));
    this.#inFlight = true;
    try {
      const wait = (done: (status: number) => void, fail: (error: Error) => void) =>
        this.#api.wait.async(this.#request, (error, status) => (error ? fail(error) : done(status)));
      check(this.#api, 'run the graph', await new Promise(wait));
    } finally {
      this.#inFlight = false;
      if (this.#released) this.release();
    }
  }

  release(): void {
    this.#released = true;
    if (!this.#inFlight && onDrop.unregister(this)) this.#api.freeRequest(this.#request);
  }
}

/** The library's handles over a memory, one for each rank at which graphs take it, made once and freed after the memory. */
function tensorOver(api: OpenVinoApi, memory: Memory, shape: readonly number[]): Pointer {
  const known = tensors.get(memory) ?? [];
  if (known[shape.length]) return known[shape.length];
  const { data, dtype } = memory;
  if (sizeOf(shape) !== data.length || data.length === 0)
    throw new Error(`OpenVINO needs memory of its shape's length, at least 1: got ${data.length} elements for [${shape}]`);
  const dims = BigInt64Array.from(shape, BigInt);
  void data.buffer; // an array of up to 64 bytes lives where the collector may move it, until its buffer is asked for
  const tensor = create(api, 'create a tensor', (out) => api.createTensor(ELEMENT_TYPES[dtype], { rank: dims.length, dims }, data, out));
  known[shape.length] = tensor;
  tensors.set(memory, known);
  onDrop.register(memory, () => api.freeTensor(tensor));
  return tensor;
}

const tensors = new WeakMap<Memory, Pointer[]>();
const onDrop = new FinalizationRegistry<() => void>((free) => free());

function check(api: OpenVinoApi, what: string, status: number): void {
  if (status !== 0) throw new Error(`OpenVINO could not ${what}: ${api.lastError()}`);
}

function create(api: OpenVinoApi, what: string, call: (out: [Pointer | null]) => number): Pointer {
  const out: [Pointer | null] = [null];
  check(api, what, call(out));
  return out[0]!;
}
