import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../src/base/shape.js';
import type { Graph, Node as OnnxNode, Value } from '../../src/tensor/graph/graph.js';
import { type Elements, kernels } from '../../src/tensor/interpret/interpret.js';
import { allocate, type Operand } from '../../src/tensor/interpret/operand.js';
import type { Op } from '../../src/tensor/onnx/operators.js';
import { trace } from '../../src/tensor/trace/trace.js';
import { operatorNamed } from './operators/index.js';
import { FUNCTION, type Tolerance } from './operators/operator.js';
import { type Call, type DType, isLeaf, type Leaf, type Program } from './program.js';
import { halfUnit, jittered, kept, LEAST, type Rounding } from './rounding.js';

/** The results of one evaluation of a program, node by node. */
export interface Evaluation {
  readonly values: readonly Elements[];
  /** Values that some operator left undetermined: a sum that overflows on the way, an integer of a float beyond its range. */
  readonly wild: readonly boolean[];
  /** Values with a rounding error behind them: what is not has to be exact. */
  readonly rounded: readonly boolean[];
}

/** What a graph gives in double precision; `seen` may change what a node gave before others read it. */
export function interpreted(
  graph: Graph,
  inputs: readonly Elements[],
  seen: (node: OnnxNode, operands: readonly Operand[], results: Elements[]) => Elements[] = (_, __, results) => results,
): Elements[] {
  const known = new Map<string, Operand>();
  const define = ({ name, shape, dtype }: Value, data: Elements) => known.set(name, { data, shape, dtype });
  for (const [i, value] of graph.inputs.entries()) define(value, inputs[i]);
  for (const { value, data } of graph.constants) {
    const out = allocate(value.dtype, sizeOf(value.shape));
    for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
    define(value, out);
  }
  for (const node of graph.nodes) {
    const operands = node.inputs.map((value) => (value === null ? undefined : known.get(value.name))) as Operand[];
    const results = seen(node, operands, kernels[node.op as Op](node, operands));
    for (const [i, value] of node.outputs.entries()) define(value, results[i]);
  }
  return graph.outputs.map(({ name }) => known.get(name)!.data);
}

/** The program's operators, each as a graph of its own. */
export class Reference {
  readonly #program: Program;
  readonly #graphs: (Graph | undefined)[];

  /** @param tensors  of all nodes, for their shapes */
  constructor(program: Program, tensors: readonly tf.Tensor[]) {
    this.#program = program;
    this.#graphs = program.nodes.map((node) => {
      if (isLeaf(node)) return undefined;
      const specs = node.inputs.map((i) => ({ shape: tensors[i].shape, dtype: tensors[i].dtype as DType }));
      return trace((...xs) => [operatorNamed(node.op).apply(xs, node.options)], specs);
    });
  }

  /** Operator by operator in double precision, each result rounded as told; without a rounding, not at all. */
  evaluate(rounding: Rounding | undefined): Evaluation {
    const values: Elements[] = [];
    const wild: boolean[] = [];
    const rounded: boolean[] = [];
    for (const [i, node] of this.#program.nodes.entries()) {
      const made = isLeaf(node) ? ofLeaf(node, rounding) : this.#call(node, this.#graphs[i]!, values, rounded, rounding);
      values.push(made.value);
      rounded.push(made.rounded);
      wild.push(made.wild || (!isLeaf(node) && node.inputs.some((input) => wild[input])));
    }
    return { values, wild, rounded };
  }

  #call(
    { op, inputs }: Call,
    graph: Graph,
    values: readonly Elements[],
    rounded: readonly boolean[],
    rounding: Rounding | undefined,
  ): Made {
    const { tolerance } = operatorNamed(op);
    const noise = rounding?.noise;
    const operands = inputs.map((i) => (noise && rounded[i] ? jittered(values[i], 2, noise) : values[i]));
    let overflows = false;
    const inRange = ({ op }: OnnxNode, [first]: readonly Operand[], results: Elements[]): Elements[] => {
      overflows ||= results.some(leavesRange) || (op === 'ReduceMean' && sumLeavesRange(first.data));
      return results.map((x) => (x instanceof Float64Array ? x.map((v) => underflowing(v, rounding!)) : x));
    };
    const [exact] = interpreted(graph, operands, rounding && tolerance.mayOverflow ? inRange : undefined);
    const before = inputs.some((i) => rounded[i]);
    const wild = overflows || isWild(op, tolerance, graph, operands, exact);
    if (!(exact instanceof Float64Array) || !rounding) return { value: exact, rounded: before, wild };
    const moves = amplitudes(tolerance, graph, operands, exact, rounding);
    const whole = operands.every((x) => x.every(Number.isInteger)); // sums of small integers are exact
    let inexact = false;
    const value = exact.map((v, i) => {
      const move = moves[i];
      const isExact =
        move === 0 ||
        (tolerance.ulps <= 1 &&
          tolerance.kind !== 'conditioned' &&
          Math.fround(v) === v &&
          (tolerance.kind !== 'sum' || (whole && move < 16)));
      if (!isExact && Number.isFinite(v)) inexact = true;
      const y = noise && !isExact && Number.isFinite(v) ? v + (noise.chance(0.5) ? move : -move) : v;
      return kept(y, rounding);
    });
    return { value, rounded: before || inexact, wild };
  }
}

interface Made {
  readonly value: Elements;
  readonly rounded: boolean;
  readonly wild: boolean;
}

function ofLeaf({ data, dtype }: Leaf, rounding: Rounding | undefined): Made {
  if (dtype === 'int32') return { value: Int32Array.from(data), rounded: false, wild: false };
  if (dtype === 'bool') return { value: Uint8Array.from(data), rounded: false, wild: false };
  const quiet = rounding && { flush: rounding.flush };
  return { value: Float64Array.from(data, (x) => (quiet ? kept(x, quiet) : x)), rounded: false, wild: false };
}

/** The largest error of each element that the tolerance allows. */
function amplitudes(t: Tolerance, graph: Graph, operands: readonly Elements[], exact: Elements, { noise }: Rounding): Float64Array {
  // A function's polynomial may have coefficients that take a tiny argument out of the normal numbers.
  const flushed = t.ulps >= FUNCTION.ulps ? 2 ** -116 : 0;
  const out = Float64Array.from(exact, (v) => (t.ulps === 0 ? 0 : 2 * t.ulps * halfUnit(v) + 2 * (t.ofOne ?? 0) * halfUnit(1) + flushed));
  if (t.kind === 'sum') {
    const terms = magnitudes(graph, operands);
    for (let i = 0; i < out.length; i++) if (exact[i] !== 0 || terms[i] !== 0) out[i] += 16 * halfUnit(terms[i]);
  }
  if (t.kind === 'conditioned' && noise) {
    const [moved] = interpreted(
      graph,
      operands.map((x) => jittered(x, 8, noise)),
    );
    for (let i = 0; i < out.length; i++) {
      const change = Math.abs(moved[i] - exact[i]);
      if (Number.isFinite(change)) out[i] += 2 * change;
    }
  }
  if (t.ofOperands && operands[0].length > 0) {
    const largest = Array.from(operands[0]).reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
    for (let i = 0; i < out.length; i++) out[i] += 8 * halfUnit(largest);
  }
  return out;
}

/** The operator on |operands|: the sum of its terms' magnitudes. */
const magnitudes = (graph: Graph, operands: readonly Elements[]): Elements =>
  interpreted(
    graph,
    operands.map((x) => (x instanceof Float64Array ? x.map(Math.abs) : x)),
  )[0];

const MAX = 3.4028234663852886e38;

function isWild(op: string, { kind }: Tolerance, graph: Graph, operands: readonly Elements[], exact: Elements): boolean {
  if (exact instanceof Int32Array && op === 'cast') return operands[0].some((x) => !(Math.abs(x) < 2 ** 31));
  if (exact instanceof Int32Array && op === 'floorDiv' && operands[0] instanceof Float64Array)
    return operands[0].some((a, i) => !(Math.abs(a / operands[1][i % operands[1].length]) < 2 ** 31));
  if (!(exact instanceof Float64Array)) return false;
  const count = Math.max(1, operands[0].length / Math.max(1, exact.length)); // a mean may be of a sum that overflows
  if (kind === 'sum') return magnitudes(graph, operands).some((m) => m > MAX / 4 / count && Number.isFinite(m));
  if (kind === 'product')
    return [1, -1].some((side) => {
      const grown = operands.map((x) => x.map((v) => (v !== 0 && Number.isFinite(v) ? Math.max(1, Math.abs(v) ** side) : 1)));
      return interpreted(graph, grown as Elements[])[0].some((m) => m > MAX);
    });
  return false;
}

const leavesRange = (x: Elements): boolean => x instanceof Float64Array && x.some((v) => Math.abs(v) > MAX && Number.isFinite(v));
const sumLeavesRange = (x: Elements): boolean => leavesRange(Float64Array.of(Array.from(x, Math.abs).reduce((sum, v) => sum + v, 0)));
const underflowing = (v: number, { flush }: Rounding): number => (Math.abs(v) < (flush ? LEAST : 2 ** -149) ? Math.sign(v) * 0 : v);
