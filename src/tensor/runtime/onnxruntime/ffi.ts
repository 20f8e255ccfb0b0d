import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import type { Out, Pointer } from '../pointer.js';

/** Null, or what went wrong. */
type OrtStatus = Pointer | null;

/** The part of ONNX Runtime's C API that the engine calls (onnxruntime_c_api.h). */
export interface OrtApi {
  /** It stays loaded as long as this is held: a function read from a table does not keep it. */
  library: LibraryHandle;
  version: string;
  /** Where the library lies. */
  folder: string;
  getErrorMessage(status: Pointer): string;
  createEnv(level: number, name: string, env: Out): OrtStatus;
  createSessionFromArray(env: Pointer, model: Uint8Array, length: number, options: Pointer, session: Out): OrtStatus;
  createSessionOptions(options: Out): OrtStatus;
  setSessionLogSeverityLevel(options: Pointer, level: number): OrtStatus;
  setSessionGraphOptimizationLevel(options: Pointer, level: number): OrtStatus;
  setIntraOpNumThreads(options: Pointer, threads: number): OrtStatus;
  createTensorAsOrtValue(allocator: Pointer, dims: BigInt64Array, rank: number, type: number, value: Out): OrtStatus;
  createTensorWithDataAsOrtValue(
    memory: Pointer,
    data: NodeJS.TypedArray,
    bytes: number,
    dims: BigInt64Array,
    rank: number,
    type: number,
    value: Out,
  ): OrtStatus;
  createMemoryInfo(name: string, allocator: number, device: number, type: number, memory: Out): OrtStatus;
  createCpuMemoryInfo(allocator: number, type: number, memory: Out): OrtStatus;
  releaseStatus(status: Pointer): void;
  releaseSession(session: Pointer): void;
  releaseValue(value: Pointer): void;
  releaseSessionOptions(options: Pointer): void;
  getAvailableProviders(names: Out, length: [number]): OrtStatus;
  releaseAvailableProviders(names: Pointer, length: number): OrtStatus;
  addSessionConfigEntry(options: Pointer, key: string, value: string): OrtStatus;
  createAllocator(session: Pointer, memory: Pointer, allocator: Out): OrtStatus;
  runWithBinding(session: Pointer, options: null, binding: Pointer): OrtStatus;
  createIoBinding(session: Pointer, binding: Out): OrtStatus;
  releaseIoBinding(binding: Pointer): void;
  bindInput(binding: Pointer, name: string, value: Pointer): OrtStatus;
  bindOutput(binding: Pointer, name: string, value: Pointer): OrtStatus;
  appendCuda(options: Pointer, settings: Pointer): OrtStatus;
  createCudaSettings(settings: Out): OrtStatus;
  updateCudaSettings(settings: Pointer, keys: readonly string[], values: readonly string[], count: number): OrtStatus;
  releaseCudaSettings(settings: Pointer): void;
  appendProvider(options: Pointer, name: string, keys: null, values: null, length: 0): OrtStatus;
}

/** Each function's place in the table that the library hands out, which only ever grows at its end, and its signature. */
const FUNCTIONS: Record<Exclude<keyof OrtApi, 'library' | 'version' | 'folder'>, readonly [place: number, signature: string]> = {
  getErrorMessage: [2, 'str (void *status)'],
  createEnv: [3, 'void * (int level, str name, _Out_ void **env)'],
  createSessionFromArray: [8, 'void * (void *env, const void *model, size_t length, void *options, _Out_ void **session)'],
  createSessionOptions: [10, 'void * (_Out_ void **options)'],
  setSessionLogSeverityLevel: [22, 'void * (void *options, int level)'],
  setSessionGraphOptimizationLevel: [23, 'void * (void *options, int level)'],
  setIntraOpNumThreads: [24, 'void * (void *options, int threads)'],
  createTensorAsOrtValue: [48, 'void * (void *allocator, int64_t *dims, size_t rank, int type, _Out_ void **value)'],
  createTensorWithDataAsOrtValue: [
    49,
    'void * (void *memory, void *data, size_t bytes, int64_t *dims, size_t rank, int type, _Out_ void **value)',
  ],
  createMemoryInfo: [68, 'void * (str name, int allocator, int device, int type, _Out_ void **memory)'],
  createCpuMemoryInfo: [69, 'void * (int allocator, int type, _Out_ void **memory)'],
  releaseStatus: [93, 'void (void *status)'],
  releaseSession: [95, 'void (void *session)'],
  releaseValue: [96, 'void (void *value)'],
  releaseSessionOptions: [100, 'void (void *options)'],
  getAvailableProviders: [125, 'void * (_Out_ void **names, _Out_ int *length)'],
  releaseAvailableProviders: [126, 'void * (void *names, int length)'],
  addSessionConfigEntry: [130, 'void * (void *options, str key, str value)'],
  createAllocator: [131, 'void * (void *session, void *memory, _Out_ void **allocator)'],
  runWithBinding: [133, 'void * (void *session, void *options, void *binding)'],
  createIoBinding: [134, 'void * (void *session, _Out_ void **binding)'],
  releaseIoBinding: [135, 'void (void *binding)'],
  bindInput: [136, 'void * (void *binding, str name, void *value)'],
  bindOutput: [137, 'void * (void *binding, str name, void *value)'],
  appendCuda: [204, 'void * (void *options, void *settings)'], // SessionOptionsAppendExecutionProvider_CUDA_V2
  createCudaSettings: [205, 'void * (_Out_ void **settings)'],
  updateCudaSettings: [206, 'void * (void *settings, str *keys, str *values, size_t count)'],
  releaseCudaSettings: [208, 'void (void *settings)'],
  appendProvider: [216, 'void * (void *options, str name, void *keys, void *values, size_t length)'], // SessionOptionsAppendExecutionProvider
};
const LENGTH = 217;
/** The version of the C API that introduced the last of them. */
const API_VERSION = 12;

/**
 * The library inside the installed package.
 *
 * The package's own binding makes new objects of every tensor at every call and copies the outputs to new arrays: 40 µs of a DQN's
 * step of 100.
 *
 * @throws where the package has none for this system
 */
export function openLibrary(): OrtApi {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch);
  const file = readdirSync(folder).find((name) => /^(lib)?onnxruntime(\.so(\.\d+)*|(\.\d+)*\.dylib|\.dll)$/.test(name));
  if (!file) throw new Error(`${folder} has no ONNX Runtime library`);
  const library = koffi.load(join(folder, file));
  const base = library.func('void *OrtGetApiBase()')();
  const [getApi, getVersion] = koffi.decode(base, koffi.array('void *', 2)) as Pointer[];
  const api = koffi.decode(getApi, koffi.proto('void *OrtGetApi(uint32_t version)'))(API_VERSION);
  const table = koffi.decode(api, koffi.array('void *', LENGTH)) as Pointer[];
  const named = (name: string, signature: string) => signature.replace('(', `Ort_${name}(`);
  const bound = Object.entries(FUNCTIONS).map(([name, [place, signature]]) => [
    name,
    koffi.decode(table[place], koffi.proto(named(name, signature))),
  ]);
  const version = koffi.decode(getVersion, koffi.proto('str OrtGetVersionString()'))();
  return { library, version, folder, ...Object.fromEntries(bound) } as OrtApi;
}

/** @throws what went wrong, if anything did */
export function check(api: OrtApi, what: string, status: OrtStatus): void {
  if (!status) return;
  const message = api.getErrorMessage(status);
  api.releaseStatus(status);
  throw new Error(`ONNX Runtime could not ${what}: ${message}`);
}

/** What `call` puts into its argument. */
export function create(api: OrtApi, what: string, call: (out: Out) => OrtStatus): Pointer {
  const out: Out = [null];
  check(api, what, call(out));
  return out[0]!;
}

/** The providers that the library was built with; CUDA's part of it may still be absent, or its driver. */
export function providersIn(api: OrtApi): string[] {
  const length: [number] = [0];
  const names = create(api, 'list its providers', (out) => api.getAvailableProviders(out, length));
  const found = koffi.decode(names, koffi.array('str', length[0])) as string[];
  check(api, 'forget the list', api.releaseAvailableProviders(names, length[0]));
  return found.map((name) => name.replace('ExecutionProvider', '').toLowerCase());
}
