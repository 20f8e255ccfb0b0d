import type { Tensor } from 'onnxruntime-node';
import { type Graph, sizeOf } from '../graph.js';
import { dropRemote, type Memory, type Remote, type TypedArray } from './memory.js';
import type { Request } from './runtime.js';

/** A session of ONNX Runtime's Node binding, on a GPU. */
export interface Session {
  run(feeds: Record<string, Tensor>, fetches: Record<string, null>, options: object): Record<string, unknown>;
}

/** Results of up to this many elements come back at once: a loss is read at every step. */
const SMALL = 1024;

/** Where each result of `graph` stays, as a session is told when it is created. */
export const locationsOf = ({ outputs }: Graph): Record<string, 'gpu-buffer' | 'cpu'> =>
  Object.fromEntries(outputs.map(({ name, shape, dtype }) => [name, dtype !== 'bool' && sizeOf(shape) > SMALL ? 'gpu-buffer' : 'cpu']));

/** What a request needs to go between memory and tensors. */
export interface Transfer {
  /** A tensor over the values of memory, which a run copies to the device. */
  upload(memory: Memory): Tensor;
  download(tensor: Tensor): TypedArray;
}

/**
 * Runs a session whose large results stay on the device, each in the `remote` of its memory: the state of a training step goes from one
 * step to the next there, and comes over when someone reads it. Where the binding brings results back by itself, as on CUDA, they
 * are copied instead.
 */
export class ResidentRequest implements Request {
  readonly inputs: Memory[];
  readonly outputs: Memory[];
  readonly #graph: Graph;
  readonly #session: Session;
  readonly #transfer: Transfer;
  readonly #free: () => void;
  #inFlight = false;
  #released = false;

  constructor(graph: Graph, session: Session, transfer: Transfer, inputs: readonly Memory[], outputs: readonly Memory[], free: () => void) {
    this.#graph = graph;
    this.#session = session;
    this.#transfer = transfer;
    this.#free = free;
    this.inputs = [...inputs];
    this.outputs = [...outputs];
  }

  setInput(index: number, memory: Memory): void {
    this.inputs[index] = memory;
  }

  setOutput(index: number, memory: Memory): void {
    this.outputs[index] = memory;
  }

  run(): void {
    const feeds: Record<string, Tensor> = {};
    for (const [i, { name }] of this.#graph.inputs.entries()) {
      const memory = this.inputs[i];
      const { remote } = memory;
      feeds[name] = remote instanceof Resident && remote.transfer === this.#transfer ? remote.tensor : this.#transfer.upload(memory);
    }
    const fetches = Object.fromEntries(this.#graph.outputs.map(({ name }) => [name, null]));
    const results = this.#session.run(feeds, fetches, {});
    for (const [i, { name }] of this.#graph.outputs.entries()) {
      const [memory, result] = [this.outputs[i], results[name] as Tensor];
      dropRemote(memory);
      if (result.location === 'gpu-buffer') memory.remote = new Resident(result, this.#transfer);
      else memory.data.set(result.data as Float32Array);
    }
  }

  // The binding computes on the caller's thread: the event loop gets its turn before, not during.
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
}

/** Values in a GPU's memory. */
class Resident implements Remote {
  readonly tensor: Tensor;
  readonly transfer: Transfer;
  #brought = false;

  constructor(tensor: Tensor, transfer: Transfer) {
    this.tensor = tensor;
    this.transfer = transfer;
  }

  bring(data: TypedArray): void {
    if (!this.#brought) data.set(this.transfer.download(this.tensor));
    this.#brought = true;
  }

  drop(): void {
    this.tensor.dispose();
  }
}

/** Brings tensors over: the binding cannot do that, but a graph that changes nothing can, with its result asked for on the processor. */
export function downloader(create: (graph: Graph) => Session): Transfer['download'] {
  const sessions = new Map<string, Session>();
  return (tensor) => {
    const [from, to] = ['in0', 'out0'].map((name) => ({ name, shape: tensor.dims, dtype: tensor.type as 'float32' | 'int32' }));
    const key = `${tensor.type}[${tensor.dims}]`;
    const nodes = [{ op: 'Identity', inputs: [from], attributes: {}, outputs: [to] }];
    const session = sessions.get(key) ?? create({ inputs: [from], outputs: [to], constants: [], nodes });
    sessions.set(key, session);
    return (session.run({ in0: tensor }, { out0: null }, {}).out0 as Tensor).data as TypedArray;
  };
}
