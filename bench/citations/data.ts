import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CitationGraph } from '../../src/datasets/index.js';
import { neighbourhood, normaliseEdges, sparseRows } from '../../src/nn/index.js';
import type { HostArray } from '../../src/tensor/index.js';

type Numbers = HostArray<Float32Array> | HostArray<Int32Array>;

/** Writes the graphs as our reader has them for the peer: data.bin, and data.json that says where each array lies in it. */
export function writeGraphs(folder: string, graphs: Readonly<Record<string, CitationGraph>>): void {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const entry = ({ data, shape }: Numbers) => {
    const place = { offset, shape, dtype: data instanceof Int32Array ? '<i4' : '<f4' };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
    return place;
  };
  const manifest = Object.fromEntries(
    Object.entries(graphs).map(([name, graph]) => [
      name,
      Object.fromEntries(Object.entries(arraysOf(graph)).map(([path, array]) => [path, entry(array)])),
    ]),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'data.bin'), Buffer.concat(parts));
}

/** The whole graph with its normalised edges, and the part of it that the loss depends on. */
function arraysOf({ features, labels, classes, edges, train, test }: CitationGraph): Record<string, Numbers> {
  const whole = normaliseEdges(features.shape[0], edges);
  const near = neighbourhood(whole, train, { hops: 2 });
  const column = (data: Int32Array) => ({ data, shape: [data.length] });
  const of = (path: string, list: typeof whole) =>
    Object.fromEntries(Object.entries(list).map(([key, array]) => [`${path}.${key}`, array]));
  return {
    sizes: column(Int32Array.of(features.shape[0], features.shape[1], classes)),
    ...{ labels: column(labels), train: column(train), test: column(test) },
    ...of('graph', whole),
    ...of('x', sparseRows(features)),
    'near.nodes': column(near.nodes),
    ...of('near.graph', near.graph),
  };
}
