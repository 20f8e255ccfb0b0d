import { sizeOf } from '../../../base/index.js';
import type { Data, Graph, Loop, Node, Value } from '../../graph/graph.js';

/** Float32 holds every integer below this in magnitude. */
const EXACT = 2 ** 24;

/** What OpenVINO computes through float32 on integers; the rest (sums, products, copies) it computes as integers. Found by conformance tests. */
const THROUGH_FLOAT = new Set([
  'ArgMax',
  'ArgMin',
  'Div',
  'MatMul',
  'Mod',
  'Pad',
  'Pow',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'Where',
]);
const COMPARISONS = new Set(['Equal', 'Less', 'LessOrEqual']);

/** Why OpenVINO would compute `graph` wrongly, or undefined. */
export function refusal(graph: Graph): string | undefined {
  const bounds = new Magnitudes(graph);
  for (const node of graph.nodes) {
    const within = node.loop && refusalOfLoop(node.loop);
    if (within) return within;
    if (node.op === 'TopK') return 'OpenVINO puts equal elements in no fixed order';
    const integers = [...node.inputs, ...node.outputs].filter((value): value is Value => value?.dtype === 'int32');
    if (integers.length === 0) continue;
    const sizes = integers.map((value) => bounds.of(value));
    // A comparison with a small number is exact: rounding the other side does not move it across.
    const exact = COMPARISONS.has(node.op) ? Math.min(...sizes) < EXACT : !THROUGH_FLOAT.has(node.op) || Math.max(...sizes) < EXACT;
    if (!exact) return `OpenVINO computes ${node.op} of integers through float32, which is exact below 2^24 only`;
  }
  return undefined;
}

function refusalOfLoop({ body, states, sequences }: Loop): string | undefined {
  const read = new Set(body.nodes.flatMap(({ inputs }) => inputs));
  if (body.inputs.slice(0, states + sequences).some((value) => !read.has(value)))
    return 'OpenVINO forgets what a loop takes and does not read';
  if (body.nodes.some(({ loop }) => loop)) return 'OpenVINO runs no loop inside another';
  return refusal(body);
}

/** How large in magnitude the integers of a graph can get, where that is known. */
class Magnitudes {
  readonly #known = new Map<string, number>();

  constructor({ constants, nodes }: Graph) {
    const largest = (data: Data) => (data as Int32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    for (const { value, data } of constants) if (value.dtype === 'int32') this.#known.set(value.name, largest(data));
    for (const node of nodes)
      for (const { name, dtype } of node.outputs) if (dtype !== 'float32') this.#known.set(name, this.#result(node));
  }

  of({ name, dtype }: Value): number {
    return dtype === 'bool' ? 1 : (this.#known.get(name) ?? Number.POSITIVE_INFINITY);
  }

  #result({ op, inputs, outputs }: Node): number {
    const given = inputs.filter((value): value is Value => value !== null);
    const sizes = given.filter(({ dtype }) => dtype === 'int32' || op === 'Cast').map((value) => this.of(value));
    const largest = Math.max(...sizes);
    switch (op) {
      case 'Add':
      case 'Sub':
        return sizes[0] + sizes[1];
      case 'Mul':
        return sizes[0] * sizes[1];
      case 'Mod':
        return sizes[1];
      case 'Sign':
        return 1;
      case 'CumSum':
      case 'ReduceSum':
        return largest * (sizeOf(given[0].shape) / (op === 'CumSum' ? 1 : sizeOf(outputs[0].shape)));
      case 'MatMul':
        return sizes[0] * sizes[1] * given[0].shape.at(-1)!;
      case 'Cast':
        return given[0].dtype === 'float32' ? Number.POSITIVE_INFINITY : largest;
      case 'ArgMax':
      case 'ArgMin':
      case 'MaxPool':
        return sizeOf(given[0].shape); // a position in it, as int64
      case 'Pow':
      case 'ReduceProd':
      case 'ScatterND':
        return Number.POSITIVE_INFINITY;
      default:
        return largest;
    }
  }
}
