import { sizeOf } from '../../../../base/index.js';
import { beforeReshape, constantOf, equal, type GraphBuilder, isFixed, producerOf } from '../../../graph/builder.js';
import type { Graph, Value } from '../../../graph/graph.js';
import { FAMILIES, isReduction } from '../../../onnx/operators.js';
import { type Rewrite, type Rewrites, rewrite } from '../../lower/rewrite.js';

/* Graphs that OpenVINO 2026.4 compiles wrongly, silently, or not at all, each in a form that it compiles rightly. */

/** It ends the process on a Reshape of a matrix product to a scalar; Squeeze is the same and does not. */
const toScalar: Rewrite = (g, { inputs: [x], outputs: [y] }) => {
  if (y.shape.length > 0) return undefined;
  const source = beforeReshape(x);
  return [equal(source.shape, y.shape) ? source : g.node('Squeeze', [source], y)];
};

/**
 * It takes |x| of joined vectors as that of each before they are joined, and then for x itself wherever else x is read; and |x| of a vector
 * that is computed from constants alone, where `withKnownResults` leaves one, it leaves out.
 */
const absoluteOfVector: Rewrite = (g, { inputs: [x] }) =>
  x.shape.length === 1 && (isFixed(x) || producerOf(x)?.op === 'Concat') ? [g.binary('Max', x, g.unary('Neg', x))] : undefined;

/** It packs a square constant that products take both as it is and transposed only once, and multiplies by its transpose: so constants are transposed here. */
const transposedConstant: Rewrite = (g, { inputs: [x, y], attributes }) => {
  const [left, right] = [attributes.transA === 1 && isConstant(x), attributes.transB === 1 && isConstant(y)];
  if (!left && !right) return undefined;
  const product = g.gemm(
    left ? transposed(g, x) : x,
    right ? transposed(g, y) : y,
    attributes.transA === 1 && !left,
    attributes.transB === 1 && !right,
  );
  return [product];
};

const isConstant = (x: Value) => constantOf(x) !== undefined;

function transposed(g: GraphBuilder, x: Value): Value {
  const [rows, columns] = x.shape;
  const data = constantOf(x)!;
  const [value] = g.once(`transposed ${x.name}`, () => {
    const turned = data.slice();
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
    return [g.constant(turned, [columns, rows], x.dtype)];
  });
  return value;
}

/**
 * It ends the process while it compiles a network that is added to a value it shares, y + ((y v + c) w + b), of few rows, as of a transformer's block at a
 * batch of one: 8 rows do, 16 did not. The value is added to the shift first, which is the same. A branch that is scaled or multiplied before is not met.
 */
const shortResidual: Rewrite = (g, { inputs: [x, y], outputs: [z] }) => {
  if (sizeOf(x.shape) !== sizeOf(z.shape) || sizeOf(y.shape) !== sizeOf(z.shape)) return undefined;
  for (const [input, branch] of [
    [x, y],
    [y, x],
  ]) {
    const sum = producerOf(beforeReshape(branch));
    const [rows] = sum?.outputs[0].shape ?? [];
    if (sum?.op !== 'Add' || sum.outputs[0].shape.length !== 2 || rows >= LONG) continue;
    const [product, shift] = producerOf(sum.inputs[0]!)?.op === 'Gemm' ? sum.inputs : sum.inputs.toReversed();
    const gemm = producerOf(product!);
    if (gemm?.op !== 'Gemm' || gemm.inputs.length !== 2 || !isFixed(gemm.inputs[1]!) || !isFixed(shift!) || shift!.shape.length !== 1)
      continue;
    const before = g.binary('Add', g.reshape(input, product!.shape), shift!);
    return [g.reshape(g.binary('Add', product!, before), z.shape)];
  }
  return undefined;
};

const LONG = 32;

/**
 * It takes attention of several heads for one operator, transposes included, and forgets a transpose that leaves the shape as it is: as many heads as
 * steps. Through a shape of one axis more it is the same, and not taken in.
 */
const evenTranspose: Rewrite = (g, { inputs: [x], attributes, outputs: [y] }) => {
  const perm = attributes.perm as readonly number[];
  const last = perm.length - 1;
  if (last < 2 || perm[last] !== last || !equal(x.shape, y.shape) || perm.every((axis, i) => axis === i)) return undefined;
  const wider = (shape: readonly number[]) => [...shape.slice(0, -1), 1, shape.at(-1)!];
  const through = [...perm.slice(0, -1), last, last + 1];
  const turned = g.node('Transpose', [g.reshape(x, wider(x.shape))], { shape: wider(y.shape), dtype: y.dtype }, { perm: through });
  return [g.reshape(turned, y.shape)];
};

/** Those of them that are one operator each; see also `withSpreadVectors`. */
export const miscompiled: Rewrites = {
  Reshape: toScalar,
  Abs: absoluteOfVector,
  Gemm: transposedConstant,
  Add: shortResidual,
  Transpose: evenTranspose,
};

/**
 * It joins a known vector to a reduction before it along the wrong axis where what is reduced has three: the vector is written out in
 * the result's shape first.
 */
export function withSpreadVectors(graph: Graph): Graph {
  const mayFail = graph.nodes.some(({ op, inputs }) => isReduction(op) && inputs[0]?.shape.length === 3);
  return mayFail ? rewrite(graph, [spreading]) : graph;
}

const spread: Rewrite = (g, { op, inputs, attributes, outputs: [out] }) => {
  const [x, y] = inputs;
  const wide = (vector: Value, other: Value) =>
    isFixed(vector) && sizeOf(vector.shape) > 1 && followsReduction(other) ? g.expand(vector, out.shape) : vector;
  const operands = [wide(x, y), wide(y, x)];
  return operands.every((value, i) => value === inputs[i]) ? undefined : [g.node(op, operands, out, attributes)];
};

const spreading: Rewrites = Object.fromEntries(FAMILIES.binary.map((op) => [op, spread]));

/** Whether a value comes from a reduction of three axes by element-wise operators alone. */
function followsReduction(value: Value): boolean {
  const seen = new Set<Value>();
  const stack = [value];
  for (let v = stack.pop(); v; v = stack.pop()) {
    const { op = '', inputs = [] } = producerOf(v) ?? {};
    if (isReduction(op) && inputs[0]!.shape.length === 3) return true;
    for (const input of inputs) {
      if (!input || seen.has(input) || !equal(input.shape, v.shape)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  return false;
}
