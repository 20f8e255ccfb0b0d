import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { packageRoot } from '../../../base/internal.js';
import type { Out, Pointer } from '../pointer.js';

/** The release that the tests run with. Another one may differ in results, so it is not used. */
export const SUPPORTED = '2026.4';

type OpenVinoStatus = number;

interface Shape {
  rank: number;
  dims: BigInt64Array;
}

/** The part of OpenVINO's C API that the engine calls (openvino/c/*.h); each returns 0 or an error's number. */
export interface OpenVinoApi {
  version: string;
  core: Pointer;
  readModel(core: Pointer, onnx: Uint8Array, length: number, weights: null, model: Out): OpenVinoStatus;
  freeModel(model: Pointer): void;
  compile: ((...args: CompileArguments) => OpenVinoStatus) & {
    async(...args: [...CompileArguments, done: (error: Error | null, status: OpenVinoStatus) => void]): void;
  };
  /** Whether a call beside the event loop has the stack that compiling needs. */
  isDeep: boolean;
  setProperties(core: Pointer, device: string, count: number, properties: readonly Property[]): OpenVinoStatus;
  importModel(core: Pointer, content: Uint8Array, length: number, device: string, compiled: Out): OpenVinoStatus;
  exportModel(compiled: Pointer, file: string): OpenVinoStatus;
  freeCompiled(compiled: Pointer): void;
  createRequest(compiled: Pointer, request: Out): OpenVinoStatus;
  setInput(request: Pointer, index: number, tensor: Pointer): OpenVinoStatus;
  setOutput(request: Pointer, index: number, tensor: Pointer): OpenVinoStatus;
  infer(request: Pointer): OpenVinoStatus;
  startAsync(request: Pointer): OpenVinoStatus;
  wait: ((request: Pointer) => OpenVinoStatus) & {
    async(request: Pointer, done: (error: Error | null, status: OpenVinoStatus) => void): void;
  };
  freeRequest(request: Pointer): void;
  createTensor(type: number, shape: Shape, data: NodeJS.TypedArray, tensor: Out): OpenVinoStatus;
  freeTensor(tensor: Pointer): void;
  lastError(): string;
}

type CompileArguments = [core: Pointer, model: Pointer, device: string, count: number, properties: readonly Property[], compiled: Out];

/** A setting of the library's, both as text. */
export interface Property {
  key: string;
  value: string;
}

/** The library, or why it cannot be used. Opened once per folder and process. */
export function openLibrary(folder = configuredFolder()): OpenVinoApi | string {
  if (!folder) return 'no OpenVINO library is configured: set LEMMATA_OPENVINO to the folder with libopenvino_c, or run npm start once';
  const key = resolve(folder);
  const opened = libraries.get(key) ?? open(key);
  libraries.set(key, opened);
  return opened;
}

const libraries = new Map<string, OpenVinoApi | string>();

/** The most that koffi gives: compiling walks a graph by recursion. */
const STACK = 16 * 2 ** 20;
try {
  koffi.config({ ...koffi.config(), async_stack_size: STACK, resident_async_pools: 1 });
} catch {
  // Another package has loaded a library with it before: then graphs are compiled on the event loop's thread.
}

koffi.struct('ov_version_t', { buildNumber: 'str', description: 'str' });
koffi.struct('ov_shape_t', { rank: 'int64_t', dims: 'int64_t *' });
koffi.struct('ov_property_t', { key: 'str', value: 'str' });

/** LEMMATA_OPENVINO, or else the line in `.lemmata/openvino` at the package's root. */
export function configuredFolder(): string | undefined {
  if (process.env.LEMMATA_OPENVINO) return process.env.LEMMATA_OPENVINO;
  try {
    return readFileSync(join(packageRoot, '.lemmata', 'openvino'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function open(folder: string): OpenVinoApi | string {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return `${folder} is not a folder that can be read; set LEMMATA_OPENVINO to the folder with libopenvino_c`;
  }
  const files = libraryFiles(names);
  if (!files.c) return `${folder} has no OpenVINO C library (libopenvino_c.so, .dylib or openvino_c.dll)`;
  try {
    for (const name of names) if (/\.so\b/.test(name)) refuseTruncated(join(folder, name));
    // Its kernel generator keeps 1,024 kernels for the process, 0.3 MB each, which looks like a leak; keeping few costs no time.
    process.env.ONEDNN_PRIMITIVE_CACHE_CAPACITY ??= '16';
    // Its thread pool binds the calling thread at every call and frees it afterwards, by system calls that take 3 µs; this keeps
    // hwloc, which it binds with, from touching the system.
    process.env.HWLOC_THISSYSTEM ??= '0';
    // The later ones look up symbols of the earlier ones, which the wheel leaves to its Python package to load.
    for (const name of [files.tbb, files.core]) if (name) koffi.load(join(folder, name), { global: true });
    return bind(koffi.load(join(folder, files.c)));
  } catch (error) {
    return `${join(folder, files.c)} cannot be used: ${(error as Error).message}`;
  }
}

/** The libraries' file names carry a version, in a place that differs by system: libopenvino.so.2641, libopenvino.2641.dylib, openvino.dll. */
export function libraryFiles(names: readonly string[]): { tbb?: string; core?: string; c?: string } {
  const find = (stem: string) => {
    const pattern = new RegExp(`^(lib)?${stem}(\\.so(\\.\\d+)*|(\\.\\d+)*\\.dylib|\\d*\\.dll)$`);
    return names.filter((name) => pattern.test(name)).sort()[0];
  };
  return { tbb: find('tbb'), core: find('openvino'), c: find('openvino_c') };
}

/** Opening a shared library that was cut short kills the process instead of failing: an ELF file must hold all that it wants loaded. */
function refuseTruncated(file: string): void {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(64);
    readSync(handle, header, 0, header.length, 0);
    if (header.toString('latin1', 0, 4) !== '\x7fELF' || header[4] !== 2) return;
    const [entry, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
    const segments = Buffer.alloc(entry * count);
    readSync(handle, segments, 0, segments.length, Number(header.readBigUInt64LE(32)));
    const ends = Array.from({ length: count }, (_, i) =>
      Number(segments.readBigUInt64LE(i * entry + 8) + segments.readBigUInt64LE(i * entry + 32)),
    );
    const { size } = fstatSync(handle);
    if (size < Math.max(...ends)) throw new Error(`${file} is cut short: ${size} bytes of ${Math.max(...ends)} at least; install it again`);
  } finally {
    closeSync(handle);
  }
}

function bind(library: LibraryHandle): OpenVinoApi {
  const version = readVersion(library);
  refuseOtherRelease(version);
  const freeText = library.func('void ov_free(void *text)');
  const lastErrorText = library.func('void *ov_get_last_err_msg()');
  const lastError = () => {
    const text = lastErrorText();
    const message = text ? koffi.decode.string(text) : 'no message';
    freeText(text);
    return message;
  };
  const core: Out = [null];
  if (library.func('int ov_core_create(_Out_ void **core)')(core) !== 0) throw new Error(lastError());
  return {
    version,
    core: core[0]!,
    lastError,
    readModel: library.func(
      'int ov_core_read_model_from_memory_buffer(void *core, const void *onnx, size_t length, void *weights, _Out_ void **model)',
    ),
    freeModel: library.func('void ov_model_free(void *model)'),
    compile: library.func(
      'int ov_core_compile_model_props(void *core, void *model, str device, size_t count, ov_property_t *properties, _Out_ void **compiled)',
    ) as unknown as OpenVinoApi['compile'],
    isDeep: (koffi.config().async_stack_size ?? 0) >= STACK,
    setProperties: library.func('int ov_core_set_properties(void *core, str device, size_t count, ov_property_t *properties)'),
    importModel: library.func(
      'int ov_core_import_model(void *core, const void *content, size_t length, str device, _Out_ void **compiled)',
    ),
    exportModel: library.func('int ov_compiled_model_export_model(void *compiled, str file)'),
    freeCompiled: library.func('void ov_compiled_model_free(void *compiled)'),
    createRequest: library.func('int ov_compiled_model_create_infer_request(void *compiled, _Out_ void **request)'),
    setInput: library.func('int ov_infer_request_set_input_tensor_by_index(void *request, size_t index, void *tensor)'),
    setOutput: library.func('int ov_infer_request_set_output_tensor_by_index(void *request, size_t index, void *tensor)'),
    infer: library.func('int ov_infer_request_infer(void *request)'),
    startAsync: library.func('int ov_infer_request_start_async(void *request)'),
    wait: library.func('int ov_infer_request_wait(void *request)') as unknown as OpenVinoApi['wait'],
    freeRequest: library.func('void ov_infer_request_free(void *request)'),
    createTensor: library.func('int ov_tensor_create_from_host_ptr(int type, ov_shape_t shape, void *data, _Out_ void **tensor)'),
    freeTensor: library.func('void ov_tensor_free(void *tensor)'),
  };
}

/** @throws unless `version` is of the supported release */
export function refuseOtherRelease(version: string): void {
  if (!`${version}.`.startsWith(`${SUPPORTED}.`))
    throw new Error(`it is OpenVINO ${version}, and only ${SUPPORTED} is used; install openvino==${SUPPORTED}.*`);
}

function readVersion(library: LibraryHandle): string {
  const version: { buildNumber?: string } = {};
  library.func('int ov_get_openvino_version(_Out_ ov_version_t *version)')(version);
  return (version.buildNumber ?? 'of an unknown version').split('-')[0];
}
