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
import { downloader, locationsOf, ResidentRequest, type Session, type Transfer } from './resident.js';
import type { Program, Request, Runtime } from './runtime.js';

/** Where ONNX Runtime computes: `cpu`, or a GPU through `webgpu` or `cuda` when this build has it. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';
type Gpu = Exclude<Provider, 'cpu'>;

interface Library {
  readonly version: string;
  readonly binding: typeof Binding;
  readonly Tensor: typeof Tensor;
}

/** ONNX Runtime, or the reason why it cannot be used here. */
export function onnxruntime(provider: Provider = 'cpu'): Runtime | string {
  if (provider === 'cpu') return onnxruntimeOnCpu();
  const library = open();
  if (typeof library === 'string') return library;
  if (!providers().includes(provider)) return `this build of onnxruntime-node has no ${provider} provider, only ${providers().join(', ')}`;
  const transfer = transferOf(library, provider);
  return {
    name: 'onnxruntime',
    version: library.version,
    canRun: () => true,
    load: async (graph, { threads }) => new GpuProgram(graph, createSession(library, graph, threads, provider, 'stay'), transfer),
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

/** What a provider lacks to run a graph that only returns its input: undefined where it works. Tried once. */
export function lackOf(provider: Gpu): string | undefined {
  if (!lacks.has(provider)) lacks.set(provider, tryOut(provider));
  return lacks.get(provider);
}

const lacks = new Map<Gpu, string | undefined>();

function tryOut(provider: Gpu): string | undefined {
  const library = open();
  if (typeof library === 'string') return library;
  const [x, y] = ['in0', 'out0'].map((name) => ({ name, shape: [1], dtype: 'float32' as const }));
  const nodes = [{ op: 'Identity', inputs: [x], attributes: {}, outputs: [y] }];
  try {
    createSession(library, { inputs: [x], outputs: [y], constants: [], nodes }, 1, provider, 'return').dispose();
    return undefined;
  } catch (error) {
    const [, reason] = /(?:.*was false\. |graph: )(.*)/s.exec((error as Error).message) ?? [];
    return `it does not start: ${(reason ?? (error as Error).message).trim()}; it needs a GPU and its driver`;
  }
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

interface GpuSession extends Session {
  dispose(): void;
}

/** @param results  stay on the device where the binding can keep them there, which is on WebGPU, or return */
function createSession({ binding }: Library, graph: Graph, threads: number, provider: Gpu, results: 'stay' | 'return'): GpuSession {
  const session = new binding.InferenceSession();
  const onnx = toOnnx(graph);
  const options = {
    executionProviders: [provider, 'cpu'], // what the first lacks runs on the second
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    ...(provider === 'webgpu' && results === 'stay' && { preferredOutputLocation: locationsOf(graph) }),
    extra: { session: { set_denormal_as_zero: '1' } },
  } as const;
  try {
    flushingDenormals(() => session.loadModel(onnx.buffer as ArrayBuffer, onnx.byteOffset, onnx.byteLength, options));
  } catch (error) {
    throw new Error(`ONNX Runtime could not load the graph: ${(error as Error).message}`);
  }
  const run: Session['run'] = (feeds, fetches, options) => {
    let found: Record<string, unknown> = {};
    flushingDenormals(() => {
      found = session.run(feeds, fetches, options);
    });
    return found;
  };
  return { run, dispose: () => session.dispose() };
}

const transfers = new Map<Gpu, Transfer>();

function transferOf(library: Library, provider: Gpu): Transfer {
  const known = transfers.get(provider);
  if (known) return known;
  const transfer = {
    upload: ({ dtype, data, shape }: Memory) => new library.Tensor(dtype, data as Float32Array, shape),
    download: downloader((graph) => createSession(library, graph, 1, provider, 'return')),
  };
  transfers.set(provider, transfer);
  return transfer;
}

class GpuProgram implements Program {
  readonly isRemote = true;
  readonly #graph: Graph;
  readonly #session: GpuSession;
  readonly #transfer: Transfer;
  #requests = 0;
  #released = false;

  constructor(graph: Graph, session: GpuSession, transfer: Transfer) {
    this.#graph = graph;
    this.#session = session;
    this.#transfer = transfer;
    onDrop.register(this, session, this);
  }

  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request {
    this.#requests++;
    const free = () => {
      this.#requests--;
      this.#disposeIfUnused();
    };
    return new ResidentRequest(this.#graph, this.#session, this.#transfer, inputs, outputs, free);
  }

  release(): void {
    this.#released = true;
    this.#disposeIfUnused();
  }

  #disposeIfUnused(): void {
    if (this.#released && this.#requests === 0 && onDrop.unregister(this)) this.#session.dispose();
  }
}

const onDrop = new FinalizationRegistry<GpuSession>((session) => session.dispose());
