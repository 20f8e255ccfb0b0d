import { availableParallelism } from 'node:os';
import { checkOneOf } from '../../base/internal.js';
import type { Graph } from '../graph/graph.js';
import { onnxruntime, type Provider } from './onnxruntime/onnxruntime.js';
import { openvino } from './openvino/openvino.js';
import type { GraphRuntime } from './runtime.js';

/** What runs a compiled graph: `openvino` or `onnxruntime`. */
export type RuntimeName = GraphRuntime['name'];

/** What is to run a compiled function. */
export interface RuntimeChoice {
  /** By default OpenVINO where it computes the graph rightly, else ONNX Runtime. */
  readonly runtime?: RuntimeName;
  /** `cpu` by default; `webgpu` and `cuda` run on ONNX Runtime, and results of more than 1,024 elements stay there until they are read. */
  readonly device?: Provider;
}

/** @throws when a runtime or a device is none that there is */
export function checkChoice({ runtime, device }: RuntimeChoice): void {
  if (runtime !== undefined) checkOneOf('compile', 'runtime', runtime, ['openvino', 'onnxruntime']);
  if (device !== undefined) checkOneOf('compile', 'device', device, ['cpu', 'webgpu', 'cuda']);
}

/** The runtimes that may execute `graph`, best first, and why the others may not. */
export function runtimesFor(graph: Graph, { runtime, device = 'cpu' }: RuntimeChoice): { usable: GraphRuntime[]; refused: string[] } {
  const usable: GraphRuntime[] = [];
  const refused: string[] = [];
  const candidates: (() => GraphRuntime | string)[] = [];
  if (runtime !== 'onnxruntime' && device === 'cpu') candidates.push(openvino);
  if (runtime !== 'openvino') candidates.push(() => onnxruntime(device));
  for (const candidate of candidates) {
    const found = candidate();
    const verdict = typeof found === 'string' ? found : found.canRun(graph);
    if (typeof found !== 'string' && verdict === true) usable.push(found);
    else refused.push(String(verdict));
  }
  if (runtime === 'openvino' && device !== 'cpu') refused.push(`OpenVINO computes on the cpu here, not on ${device}`);
  return { usable, refused };
}

/** One row of what can compute here. */
export interface Device {
  /** Runtime and device, such as `OpenVINO, cpu`. */
  readonly name: string;
  /** True when compiled functions use it unless told otherwise. */
  readonly isDefault: boolean;
  /** Whether it can be used now. */
  readonly available: boolean;
  /** The version, or why it is not available and what to do. */
  readonly detail: string;
}

/** What can run a compiled graph on this machine, and why the rest cannot. */
export function devices(): Device[] {
  const vino = openvino();
  const ort = onnxruntime();
  const cores = `${availableParallelism()} cores`;
  const rows: Device[] = [
    {
      name: 'OpenVINO, cpu',
      isDefault: typeof vino !== 'string',
      available: typeof vino !== 'string',
      detail: typeof vino === 'string' ? vino : `${vino.version}, ${cores}`,
    },
    {
      name: 'ONNX Runtime, cpu',
      isDefault: typeof vino === 'string' && typeof ort !== 'string',
      available: typeof ort !== 'string',
      detail: typeof ort === 'string' ? ort : `${ort.version}, ${cores}`,
    },
  ];
  for (const name of ['webgpu', 'cuda'] as const) {
    const found = onnxruntime(name);
    const available = typeof found !== 'string';
    const detail = available ? `use it with compile(fn, { device: '${name}' })` : found;
    rows.push({ name: `ONNX Runtime, ${name}`, isDefault: false, available, detail });
  }
  return rows;
}
