import type { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { DeviceTensor } from '../device-tensor.js';
import type { Graph } from '../graph.js';
import { Plan } from '../plan.js';
import { allocate, dropRemote, fill, type Memory } from './memory.js';
import { downloader, locationsOf, ResidentRequest } from './resident.js';
import type { Program } from './runtime.js';

/** A step whose state is too large to be brought over at once. */
const N = 2000;
const value = (name: string, shape: number[]) => ({ name, shape, dtype: 'float32' as const });
const state = value('state', [N]);
const outputs = [value('next', [N]), value('loss', [])];
const graph: Graph = { inputs: [state], outputs, constants: [], nodes: [{ op: 'Add', inputs: [state], attributes: {}, outputs }] };

/** A device in JavaScript that computes next = state + 1 and loss = 2, and answers as ONNX Runtime's binding does: large results stay, and only `download` reads them. */
function device() {
  const counts = { uploads: 0, downloads: 0, disposed: 0 };
  const onDevice = new Map<object, Float32Array>();
  const tensor = (values: Float32Array) => {
    const resident = { location: 'gpu-buffer', type: 'float32', dims: [N], dispose: () => void counts.disposed++ };
    onDevice.set(resident, values);
    return resident as unknown as Tensor;
  };
  const read = (t: Tensor) => onDevice.get(t) ?? (t.data as Float32Array);
  const session = {
    run: ({ state }: Record<string, Tensor>) => ({
      next: tensor(read(state).map((x) => x + 1)),
      loss: { location: 'cpu', data: Float32Array.of(2) },
    }),
  };
  const transfer = {
    upload: ({ data }: Memory) => {
      counts.uploads++;
      return { location: 'cpu', data: data.slice() } as unknown as Tensor;
    },
    download: (t: Tensor) => {
      counts.downloads++;
      return onDevice.get(t)!;
    },
  };
  return { counts, session, transfer };
}

describe('resident state', () => {
  it('goes from step to step on the device, and is brought over once when it is read', async () => {
    const { counts, session, transfer } = device();
    const program: Program = {
      isRemote: true,
      bind: (inputs, outputs) => new ResidentRequest(graph, session, transfer, inputs, outputs, () => {}),
      release: () => {},
    };
    const places = { inputs: ['state'], outputs: ['state', 'loss'], donated: [0] };
    const plan = new Plan(graph, program, places, ({ dtype }) => dtype as 'float32');
    let memory = fill(allocate([N], 'float32'), new Float32Array(N).fill(5));
    memory.holds++;
    let loss = Number.NaN;
    for (let i = 0; i < 10; i++) {
      const [next, scalar] = await plan.run([undefined as never], [memory]);
      memory.holds--; // donated
      loss = scalar.item();
      memory = DeviceTensor.memoryOf(next);
    }
    expect(loss).toBe(2);
    expect(counts).toMatchObject({ uploads: 1, downloads: 0 });
    expect(memory.data[0]).toBe(15);
    expect(memory.data[N - 1]).toBe(15);
    expect(counts).toEqual({ uploads: 1, downloads: 1, disposed: 8 }); // all but the last two, one of which the next step overwrites
  });

  it('gives way to what is written from outside', () => {
    const { counts, session, transfer } = device();
    const [state, next, loss] = [allocate([N], 'float32'), allocate([N], 'float32'), allocate([], 'float32')];
    const request = new ResidentRequest(graph, session, transfer, [state], [next, loss], () => {});
    request.run();
    fill(next, new Float32Array(N).fill(7));
    expect([next.remote, counts.disposed, next.data[0]]).toEqual([undefined, 1, 7]);
    request.run();
    dropRemote(next);
    expect([counts.disposed, counts.downloads, next.data[0]]).toEqual([2, 0, 7]);
  });

  it('keeps large numbers on the device, and brings over small ones and truth values', () => {
    expect(locationsOf({ ...graph, outputs: [...outputs, { name: 'mask', shape: [N], dtype: 'bool' }] })).toEqual({
      next: 'gpu-buffer',
      loss: 'cpu',
      mask: 'cpu',
    });
  });

  it('downloads through a graph that changes nothing, made once for each shape', () => {
    const made: Graph[] = [];
    const download = downloader((graph) => {
      made.push(graph);
      return { run: ({ in0 }) => ({ out0: { data: (in0 as unknown as { values: Float32Array }).values } }) };
    });
    const tensor = (dims: number[]) => ({ type: 'float32', dims, values: Float32Array.of(dims.length) }) as unknown as Tensor;
    expect([download(tensor([2, 3])), download(tensor([2, 3])), download(tensor([6]))].map((x) => x[0])).toEqual([2, 2, 1]);
    expect(made.map(({ nodes, inputs }) => [nodes.map(({ op }) => op), inputs[0].shape])).toEqual([
      [['Identity'], [2, 3]],
      [['Identity'], [6]],
    ]);
  });
});
