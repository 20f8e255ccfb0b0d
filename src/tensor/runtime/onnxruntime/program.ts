import type { Memory, Remote } from '../../buffers/memory.js';
import type { Graph } from '../../graph/graph.js';
import type { Pointer } from '../pointer.js';
import type { Program, Request } from '../runtime.js';
import { check } from './ffi.js';
import { type ProviderMemory, tensorOver } from './memory.js';
import type { Library, OrtSession } from './session.js';

/** A graph in ONNX Runtime, on the processor or on a device. */
export class OrtProgram implements Program {
  readonly isRemote: boolean;
  readonly #library: Library;
  readonly #graph: Graph;
  readonly #session: OrtSession;
  readonly #device: ProviderMemory | undefined;

  constructor(library: Library, graph: Graph, session: OrtSession, device?: ProviderMemory) {
    this.isRemote = device !== undefined;
    this.#library = library;
    this.#graph = graph;
    this.#session = session.hold();
    this.#device = device;
    onDrop.register(this, () => session.drop(), this);
  }

  bind(inputs: readonly Memory[], outputs: readonly Memory[]): Request {
    return new OrtRequest(this.#library, this.#graph, this.#session, this.#device, inputs, outputs);
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
  readonly #session: OrtSession;
  readonly #device: ProviderMemory | undefined;
  readonly #binding: Pointer;
  readonly #bound: (Remote | undefined)[] = [];
  readonly #free: () => void;
  #inFlight = false;
  #released = false;

  constructor(
    library: Library,
    graph: Graph,
    session: OrtSession,
    device: ProviderMemory | undefined,
    inputs: readonly Memory[],
    outputs: readonly Memory[],
  ) {
    const { api } = library;
    this.#library = library;
    this.#graph = graph;
    this.#session = session;
    this.#device = device;
    const binding = session.bind();
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
    if (!this.#device) this.#bindInput(index, tensorOver(this.#library, memory));
    this.inputs[index] = memory;
  }

  #bindInput(index: number, tensor: Pointer): void {
    const { api } = this.#library;
    check(api, 'bind an input', api.bindInput(this.#binding, this.#graph.inputs[index].name, tensor));
  }

  /** Binding copies what is not on the device yet, so that an array is bound again after it changed. */
  #bindChanged(device: ProviderMemory): void {
    for (const [i, memory] of this.inputs.entries()) {
      if (memory.remote && memory.remote === this.#bound[i]) continue;
      this.#bindInput(i, device.find(memory) ?? tensorOver(this.#library, memory));
      this.#bound[i] = device.markRead(memory);
    }
  }

  setOutput(index: number, memory: Memory): void {
    const { api } = this.#library;
    const tensor = this.#device?.placeOf(memory)?.tensor ?? tensorOver(this.#library, memory);
    check(api, 'bind an output', api.bindOutput(this.#binding, this.#graph.outputs[index].name, tensor));
    this.outputs[index] = memory;
  }

  run(): void {
    const device = this.#device;
    if (device) this.#bindChanged(device);
    this.#session.run(this.#binding);
    if (device) for (const memory of this.outputs) device.placeOf(memory)?.written(memory);
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

const onDrop = new FinalizationRegistry<() => void>((free) => free());
