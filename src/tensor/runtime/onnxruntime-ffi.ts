import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';

/** An address inside the library, as koffi hands it out. */
export type Pointer = bigint & { readonly brand: 'pointer' };
/** Null, or what went wrong. */
type Status = Pointer | null;
type Out = [Pointer | null];

/** The part of ONNX Runtime's C API that the engine calls (onnxruntime_c_api.h). */
export interface Api {
  /** It stays loaded as long as this is held: a function read from a table does not keep it. */
  library: LibraryHandle;
  version: string;
  getErrorMessage(status: Pointer): string;
  createEnv(level: number, name: string, env: Out): Status;
  createSessionFromArray(env: Pointer, model: Uint8Array, length: number, options: Pointer, session: Out): Status;
  createSessionOptions(options: Out): Status;
  setSessionLogSeverityLevel(options: Pointer, level: number): Status;
  setSessionGraphOptimizationLevel(options: Pointer, level: number): Status;
  setIntraOpNumThreads(options: Pointer, threads: number): Status;
  createTensorWithDataAsOrtValue(
    memory: Pointer,
    data: NodeJS.TypedArray,
    bytes: number,
    dims: BigInt64Array,
    rank: number,
    type: number,
    value: Out,
  ): Status;
  createCpuMemoryInfo(allocator: number, type: number, memory: Out): Status;
  releaseStatus(status: Pointer): void;
  releaseSession(session: Pointer): void;
  releaseValue(value: Pointer): void;
  releaseSessionOptions(options: Pointer): void;
  addSessionConfigEntry(options: Pointer, key: string, value: string): Status;
  runWithBinding(session: Pointer, options: null, binding: Pointer): Status;
  createIoBinding(session: Pointer, binding: Out): Status;
  releaseIoBinding(binding: Pointer): void;
  bindInput(binding: Pointer, name: string, value: Pointer): Status;
  bindOutput(binding: Pointer, name: string, value: Pointer): Status;
}

/** Each function's place in the table that the library hands out, which only ever grows at its end, and its signature. */
const FUNCTIONS: Record<Exclude<keyof Api, 'library' | 'version'>, readonly [place: number, signature: string]> = {
  getErrorMessage: [2, 'str (void *status)'],
  createEnv: [3, 'void * (int level, str name, _Out_ void **env)'],
  createSessionFromArray: [8, 'void * (void *env, const void *model, size_t length, void *options, _Out_ void **session)'],
  createSessionOptions: [10, 'void * (_Out_ void **options)'],
  setSessionLogSeverityLevel: [22, 'void * (void *options, int level)'],
  setSessionGraphOptimizationLevel: [23, 'void * (void *options, int level)'],
  setIntraOpNumThreads: [24, 'void * (void *options, int threads)'],
  createTensorWithDataAsOrtValue: [
    49,
    'void * (void *memory, void *data, size_t bytes, int64_t *dims, size_t rank, int type, _Out_ void **value)',
  ],
  createCpuMemoryInfo: [69, 'void * (int allocator, int type, _Out_ void **memory)'],
  releaseStatus: [93, 'void (void *status)'],
  releaseSession: [95, 'void (void *session)'],
  releaseValue: [96, 'void (void *value)'],
  releaseSessionOptions: [100, 'void (void *options)'],
  addSessionConfigEntry: [130, 'void * (void *options, str key, str value)'],
  runWithBinding: [133, 'void * (void *session, void *options, void *binding)'],
  createIoBinding: [134, 'void * (void *session, _Out_ void **binding)'],
  releaseIoBinding: [135, 'void (void *binding)'],
  bindInput: [136, 'void * (void *binding, str name, void *value)'],
  bindOutput: [137, 'void * (void *binding, str name, void *value)'],
};
const LENGTH = 138;
/** The version of the C API that introduced the last of them. */
const API_VERSION = 5;

/**
 * The library inside the installed package.
 *
 * The package's own binding makes new objects of every tensor at every call and copies the outputs to new arrays: 40 µs of a DQN's
 * step of 100.
 *
 * @throws where the package has none for this system
 */
export function openLibrary(): Api {
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
  return { library, version, ...Object.fromEntries(bound) } as Api;
}
