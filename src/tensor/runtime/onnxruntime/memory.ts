import { sizeOf } from '../../../base/index.js';
import type { Memory, Remote, TensorDType, TensorSpec, TypedArray } from '../../buffers/memory.js';
import { IR_VERSION, ModelProto, OPSET } from '../../onnx/schema.js';
import type { Pointer } from '../pointer.js';
import { check, create } from './ffi.js';
import { createSession, type Library, type OrtSession } from './session.js';

const ELEMENT_TYPES = { bool: 9, float32: 1, float64: 11, int32: 6 } as const; // ONNXTensorElementDataType
const [DEVICE_ALLOCATOR, DEFAULT_MEMORY] = [0, 0];
/** Results of up to this many elements come back at once: a loss is read at every step. */
const SMALL = 1024;

/** The library's handle over a memory's array, made once and freed after the memory. */
export function tensorOver(library: Library, memory: Memory): Pointer {
  const { data } = memory; // brings it over
  const known = tensors.get(memory);
  if (known) return known;
  const tensor = over(library, memory, data);
  tensors.set(memory, tensor);
  onDrop.register(memory, () => library.api.releaseValue(tensor));
  return tensor;
}

const tensors = new WeakMap<Memory, Pointer>();
const onDrop = new FinalizationRegistry<() => void>((free) => free());

function over({ api, memory }: Library, { shape, dtype }: TensorSpec, data: TypedArray): Pointer {
  if (sizeOf(shape) !== data.length) throw new Error(`memory of ${data.length} elements cannot have the shape [${shape}]`);
  const dims = BigInt64Array.from(shape, BigInt);
  void data.buffer; // an array of up to 64 bytes lives where the collector may move it, until its buffer is asked for
  return create(api, 'create a tensor', (out) =>
    api.createTensorWithDataAsOrtValue(memory, data, data.byteLength, dims, dims.length, ELEMENT_TYPES[dtype], out),
  );
}

/**
 * A GPU's memory, through one provider.
 *
 * What a memory holds there has a place of its own, which is allocated once and freed after the memory. A step writes its large results
 * to such places and the next reads them there, so the state of a training goes from step to step on the device, and comes over when
 * someone reads it.
 */
export class ProviderMemory {
  /** ONNX Runtime's name of what computes here. */
  readonly provider: string;
  readonly #library: Library;
  readonly #allocator: Pointer;
  readonly #readers = new Map<TensorDType, OrtSession>();
  readonly #places = new WeakMap<Memory, Place>();

  /** @throws where the provider does not start */
  constructor(library: Library, provider: string, memory: string) {
    const { api } = library;
    this.provider = provider;
    this.#library = library;
    const info = create(api, `describe ${memory}`, (out) => api.createMemoryInfo(memory, DEVICE_ALLOCATOR, 0, DEFAULT_MEMORY, out));
    const { pointer } = this.#reader('float32');
    this.#allocator = create(api, `find ${memory}`, (out) => api.createAllocator(pointer, info, out));
  }

  /** Where a program leaves the values of `memory` on this device: undefined for what comes back at once. */
  placeOf(memory: Memory): Place | undefined {
    const known = this.#places.get(memory);
    if (known || !stays(memory)) return known;
    const { shape, dtype } = memory;
    const { api } = this.#library;
    const dims = BigInt64Array.from(shape, BigInt);
    const tensor = create(api, `allocate [${shape}] on the device`, (out) =>
      api.createTensorAsOrtValue(this.#allocator, dims, dims.length, ELEMENT_TYPES[dtype], out),
    );
    onDrop.register(memory, () => api.releaseValue(tensor));
    const place = new Place(tensor, (data) => this.#read(tensor, { shape, dtype }, data));
    this.#places.set(memory, place);
    return place;
  }

  /** The values of `memory`, if they are on this device. */
  find(memory: Memory): Pointer | undefined {
    const place = this.#places.get(memory);
    return place && memory.remote === place ? place.tensor : undefined;
  }

  /** Once it was read: what its `remote` is until it changes; undefined for what may change unseen. */
  markRead(memory: Memory): Remote | undefined {
    if (stays(memory) && !this.find(memory) && !(memory.remote instanceof Copied)) memory.remote = new Copied();
    return memory.remote;
  }

  /** A run brings results over when they are asked for on the processor, so the graph that changes nothing reads any tensor. */
  #read(tensor: Pointer, form: TensorSpec, data: TypedArray): void {
    const { api } = this.#library;
    const session = this.#reader(form.dtype);
    const result = over(this.#library, form, data);
    const binding = session.bind();
    try {
      check(api, 'bind an input', api.bindInput(binding, 'x', tensor));
      check(api, 'bind an output', api.bindOutput(binding, 'y', result));
      session.run(binding);
    } finally {
      api.releaseIoBinding(binding);
      api.releaseValue(result);
    }
  }

  #reader(dtype: TensorDType): OrtSession {
    const session = this.#readers.get(dtype) ?? createSession(this.#library, identity(dtype), 1, this.provider);
    this.#readers.set(dtype, session);
    return session;
  }
}

/** Room for the values of one memory on a device. */
class Place implements Remote {
  readonly tensor: Pointer;
  readonly #read: (data: TypedArray) => void;
  #brought = false;

  constructor(tensor: Pointer, read: (data: TypedArray) => void) {
    this.tensor = tensor;
    this.#read = read;
  }

  /** After a run wrote here. */
  written(memory: Memory): void {
    this.#brought = false;
    memory.remote = this;
  }

  bring(data: TypedArray): void {
    if (!this.#brought) this.#read(data);
    this.#brought = true;
  }
}

/** That a device has a copy of a memory's array, until something writes to it. */
class Copied implements Remote {
  bring(): void {}
}

const stays = ({ dtype, shape }: TensorSpec) => dtype !== 'bool' && sizeOf(shape) > SMALL;

/** y = x, of any shape. */
function identity(dtype: TensorDType): Uint8Array {
  const value = (name: string) => ({ name, type: { tensor_type: { elem_type: ELEMENT_TYPES[dtype] } } });
  const node = [{ op_type: 'Identity', input: ['x'], output: ['y'] }];
  const graph = { name: 'read', node, input: [value('x')], output: [value('y')] };
  return ModelProto.encode(ModelProto.create({ ir_version: IR_VERSION, opset_import: [{ domain: '', version: OPSET }], graph })).finish();
}
