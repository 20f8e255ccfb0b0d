import { flushingDenormals } from '../floating-point.js';
import type { Pointer } from '../pointer.js';
import { check, create, type OrtApi } from './ffi.js';

const [ERRORS_ONLY, ALL_OPTIMIZATIONS, ARENA_ALLOCATOR, DEFAULT_MEMORY] = [3, 99, 1, 0];

/** ONNX Runtime, started. */
export interface Library {
  readonly api: OrtApi;
  readonly env: Pointer;
  /** What tensors over JavaScript's arrays are told about their memory. */
  readonly memory: Pointer;
}

export function makeLibrary(api: OrtApi): Library {
  const env = create(api, 'start', (out) => api.createEnv(ERRORS_ONLY, 'lemmata', out));
  return { api, env, memory: create(api, 'describe memory', (out) => api.createCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY, out)) };
}

/** @param provider  what runs the graph, as far as it can: ONNX Runtime's name of it. The processor runs the rest */
export function createSession({ api, env }: Library, onnx: Uint8Array, threads: number, provider?: string): OrtSession {
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
      if (provider) append(api, options, provider);
      session = create(api, 'load the graph', (out) => api.createSessionFromArray(env, onnx, onnx.length, options, out));
    });
    return new OrtSession(api, session!);
  } finally {
    api.releaseSessionOptions(options);
  }
}

function append(api: OrtApi, options: Pointer, provider: string): void {
  const started = (status: Pointer | null) => check(api, `start ${provider}`, status);
  if (provider !== 'CUDA') {
    started(api.appendProvider(options, provider, null, null, 0));
    return;
  }
  const settings = create(api, 'start CUDA', (out) => api.createCudaSettings(out));
  try {
    started(api.updateCudaSettings(settings, ['use_tf32'], ['0'], 1)); // else products have 10 bits
    started(api.appendCuda(options, settings));
  } finally {
    api.releaseCudaSettings(settings);
  }
}

/** A session, freed when neither its program nor a request needs it: one that is collected may be so before the others. */
export class OrtSession {
  readonly pointer: Pointer;
  readonly #api: OrtApi;
  #holders = 0;

  constructor(api: OrtApi, pointer: Pointer) {
    this.#api = api;
    this.pointer = pointer;
  }

  /** A request of its own, which is freed by the caller. */
  bind(): Pointer {
    return create(this.#api, 'create a request', (out) => this.#api.createIoBinding(this.pointer, out));
  }

  /** Computes on the caller's thread. */
  run(binding: Pointer): void {
    let status: Pointer | null = null;
    flushingDenormals(() => {
      status = this.#api.runWithBinding(this.pointer, null, binding);
    });
    check(this.#api, 'run the graph', status);
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  drop(): void {
    if (--this.#holders === 0) this.#api.releaseSession(this.pointer);
  }
}
