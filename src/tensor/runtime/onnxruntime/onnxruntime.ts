import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toOnnx } from '../../onnx/emit.js';
import type { GraphRuntime } from '../runtime.js';
import { openLibrary, providersIn } from './ffi.js';
import { lower } from './lower/lower.js';
import { ProviderMemory } from './memory.js';
import { OrtProgram } from './program.js';
import { createSession, type Library, makeLibrary } from './session.js';

/** Where ONNX Runtime computes: `cpu`, or a GPU through `webgpu` or `cuda` when this build has it. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';
type Gpu = Exclude<Provider, 'cpu'>;

/** What ONNX Runtime calls a provider and its memory. */
const NAMES: Record<Gpu, [provider: string, memory: string]> = { webgpu: ['WebGPU', 'WebGPU_Buf'], cuda: ['CUDA', 'Cuda'] };
const CUDA = 'libonnxruntime_providers_cuda.so';

/** ONNX Runtime, or the reason why it cannot be used here. */
export function onnxruntime(provider: Provider = 'cpu'): GraphRuntime | string {
  library ??= open();
  if (typeof library === 'string') return library;
  if (provider === 'cpu') return onnxruntimeOn(library);
  const device = started.get(provider) ?? start(library, provider);
  started.set(provider, device);
  return typeof device === 'string' ? device : onnxruntimeOn(library, device);
}

/** ONNX Runtime on the processor, or on a device. */
export function onnxruntimeOn(library: Library, device?: ProviderMemory): GraphRuntime {
  return {
    name: 'onnxruntime',
    version: library.api.version,
    canRun: () => true,
    load: async (graph, { threads }) => {
      const onnx = toOnnx(lower(graph, device?.provider));
      return new OrtProgram(library, graph, createSession(library, onnx, threads, device?.provider), device);
    },
  };
}

let library: Library | string | undefined;
const started = new Map<Gpu, ProviderMemory | string>();

function open(): Library | string {
  try {
    return makeLibrary(openLibrary());
  } catch (error) {
    return `ONNX Runtime cannot be loaded: ${(error as Error).message}`;
  }
}

function start(library: Library, gpu: Gpu): ProviderMemory | string {
  const { api } = library;
  const present = providersIn(api);
  if (!present.includes(gpu)) return `this build of onnxruntime-node has no ${gpu} provider, only ${present.join(', ')}`;
  if (gpu === 'cuda' && !existsSync(join(api.folder, CUDA)))
    return 'the libraries of CUDA are a separate download: node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';
  try {
    return new ProviderMemory(library, ...NAMES[gpu]);
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*(could not start \w+: |was false\. )/s, '').trim();
    return `${gpu} does not start: ${reason}; it needs a GPU and its driver`;
  }
}
