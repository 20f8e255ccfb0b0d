import type { Memory } from '../buffers/memory.js';
import type { Graph } from '../graph/graph.js';

/** Something that executes ONNX: OpenVINO or ONNX Runtime. */
export interface GraphRuntime {
  readonly name: 'openvino' | 'onnxruntime';
  readonly version: string;
  /** True, or the reason why this runtime would compute the graph wrongly or not at all. */
  canRun(graph: Graph): true | string;
  load(graph: Graph, options: LoadOptions): Promise<Program>;
}

/** How a graph is loaded into a runtime. */
export interface LoadOptions {
  readonly threads: number;
  /** Where compiled programs are kept between processes; absent: nowhere. */
  readonly cache?: ProgramCache;
}

/** A store of compiled programs as bytes. */
export interface ProgramCache {
  get(key: string): Uint8Array | undefined;
  /** `write` puts the bytes into the file it is given. */
  put(key: string, write: (file: string) => void): void;
}

/** A compiled graph. It stays loaded while one of its requests lives. */
export interface Program {
  /** It takes inputs from a device and leaves outputs there, by `Memory.remote`. */
  readonly isRemote?: boolean;
  /** What it computes, in order, where it may be given the memory of an input for an output too; absent where it may not. */
  readonly lowered?: Graph;
  /** Inputs and outputs in the graph's order, each of the graph's shape and dtype, none of size zero. */
  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request;
  release(): void;
}

/** One execution context over fixed memory, which it keeps alive until it is released. One call at a time. */
export interface Request {
  readonly inputs: readonly Memory[];
  readonly outputs: readonly Memory[];
  setInput(index: number, memory: Memory): void;
  setOutput(index: number, memory: Memory): void;
  /** Executes now, on the caller's thread. */
  run(): void;
  /** Executes while the event loop goes on, as far as the runtime can. */
  start(): Promise<void>;
  /** Frees it at once, or when the call in flight ends. */
  release(): void;
}
