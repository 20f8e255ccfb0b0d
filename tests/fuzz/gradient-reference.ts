import type { Graph, Node } from '../../src/tensor/graph/graph.js';
import { type Elements, kernels } from '../../src/tensor/interpret/interpret.js';
import type { Operand } from '../../src/tensor/interpret/operand.js';
import type { Op } from '../../src/tensor/onnx/operators.js';
import { interpreted } from './reference.js';
import { halfUnit, jittered, kept, type Rounding } from './rounding.js';

const MAX = 3.4028234663852886e38;
const SUMS = new Set(['ReduceSum', 'ReduceMean', 'Gemm', 'MatMul', 'Conv', 'ConvTranspose', 'CumSum', 'AveragePool', 'ScatterND']);
const FUNCTIONS = new Set([
  ...[
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'Cos',
    'Cosh',
    'Elu',
    'Erf',
    'Exp',
    'Log',
    'LogSoftmax',
    'Pow',
    'Sigmoid',
    'Sin',
    'Sinh',
  ],
  ...['Softmax', 'Softplus', 'Tan', 'Tanh', 'ReduceProd'],
]);
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Reciprocal', 'LeakyRelu', 'Mod']);
/** An absolute error in units of 1, of what runtimes compute by one polynomial over all x. */
const OF_ONE = new Set(['Erf', 'Tanh', 'Sigmoid', 'Softmax']);

/**
 * One evaluation of a traced graph in double precision in which every ONNX operator's result is rounded as told, as far as its kind of
 * operator may err: for gradients, whose operators no table of tolerances names.
 *
 * @returns  the outputs, and for each whether nothing is promised: where a sum overflowed on the way
 */
export function evaluateGraph(graph: Graph, inputs: readonly Elements[], rounding: Rounding): { outputs: Elements[]; wild: boolean } {
  let wild = false;
  const see = (node: Node, operands: readonly Operand[], results: Elements[]): Elements[] => {
    const { noise } = rounding;
    if (node.outputs[0].dtype !== 'float32') {
      if (node.op === 'Cast' && node.outputs[0].dtype === 'int32' && operands[0].data.some((x) => !(Math.abs(x) < 2 ** 31))) wild = true;
      return results;
    }
    const isSum = SUMS.has(node.op);
    if (!isSum && !FUNCTIONS.has(node.op) && !ARITHMETIC.has(node.op)) return results.map((x) => settled(x, rounding));
    const magnitude = isSum ? kernels[node.op as Op](node, operands.map(absolute)) : undefined;
    if (magnitude?.[0].some((m) => m > MAX / 4 && m < Number.POSITIVE_INFINITY)) wild = true;
    const units = FUNCTIONS.has(node.op) ? 16 : 2;
    const again =
      noise && ARITHMETIC.has(node.op)
        ? kernels[node.op as Op](
            node,
            operands.map((x) => ({ ...x, data: jittered(x.data, 1, noise) })),
          )
        : results;
    return results.map((_, k) =>
      again[k] instanceof Float64Array
        ? again[k].map((v, i) => {
            if (!noise || !Number.isFinite(v)) return kept(v, rounding);
            const size = units * halfUnit(v) + 16 * (magnitude ? halfUnit(magnitude[k][i]) : 0) + (OF_ONE.has(node.op) ? 2 ** -23 : 0);
            return kept(v + (noise.chance(0.5) ? size : -size), rounding);
          })
        : again[k],
    );
  };
  const start = inputs.map((x) => (x instanceof Float64Array ? x.map((v) => kept(v, { flush: rounding.flush })) : x));
  return { outputs: interpreted(graph, start, see), wild };
}

const settled = (x: Elements, rounding: Rounding): Elements => (x instanceof Float64Array ? x.map((v) => kept(v, rounding)) : x);
const absolute = (x: Operand): Operand => (x && x.data instanceof Float64Array ? { ...x, data: x.data.map(Math.abs) } : x);
