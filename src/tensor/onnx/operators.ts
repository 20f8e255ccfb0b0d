import type { Data, DType } from '../graph/graph.js';

/** Every ONNX operator that a graph may hold, by what the engine knows of it: what an interpreter or a runtime has to know, and nothing else. */
// biome-ignore format: a list to read, not a column to scroll
export const FAMILIES = {
  /** Each element of the result is computed from the one at its index. */
  unary: [
    'Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cast', 'Ceil', 'Clip', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp', 'Floor', 'Identity',
    'IsInf', 'IsNaN', 'LeakyRelu', 'Log', 'Neg', 'Not', 'Reciprocal', 'Relu', 'Round', 'Sigmoid', 'Sign', 'Sin', 'Sinh', 'Softplus', 'Sqrt',
    'Tan', 'Tanh',
  ],
  /** The same of two arrays, broadcast to one shape. */
  binary: [
    'Add', 'And', 'BitwiseAnd', 'Div', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Max', 'Min', 'Mod', 'Mul', 'Or', 'Pow',
    'Sub', 'Xor',
  ],
  /** The same of three. */
  choice: ['Where'],
  /** The elements of an array in another order or shape. */
  layout: ['Concat', 'Expand', 'Pad', 'Reshape', 'Slice', 'Split', 'Squeeze', 'Tile', 'Transpose'],
  /** One element for all along some axes. */
  reduction: ['ArgMax', 'ArgMin', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum'],
  /** Elements that depend on all along one axis. */
  scan: ['CumSum', 'LogSoftmax', 'Softmax', 'TopK'],
  product: ['Gemm', 'MatMul'],
  window: ['AveragePool', 'Conv', 'ConvTranspose', 'MaxPool'],
  indexing: ['Gather', 'GatherND', 'ScatterND'],
  /** What is repeated along the first axis of some arrays: see `Loop`. */
  loop: ['Scan'],
} as const;

type Family = keyof typeof FAMILIES;

/** An operator, of one family or of any. */
export type Op<F extends Family = Family> = (typeof FAMILIES)[F][number];

export const OPS: readonly Op[] = Object.values(FAMILIES).flat();

const familyOf = new Map<string, Family>(
  Object.entries(FAMILIES).flatMap(([family, ops]) => ops.map((op) => [op, family as Family] as const)),
);
const isOf =
  (...families: Family[]) =>
  (op: string): boolean =>
    families.includes(familyOf.get(op)!);

/** Whether element i of the result depends on elements i of the operands alone, so that it may be written where one of them is. */
export const isElementwise = isOf('unary', 'binary', 'choice');

/** Whether the result may be the operand's memory under another name or shape, or a part of it. */
export const isView = (op: string): boolean => op === 'Identity' || op === 'Cast' || isOf('layout')(op);

/** Whether the result has one element for all along some axes. */
export const isReduction = isOf('reduction');

/** Whether it slides a window over images, channels first. */
export const isWindow = isOf('window');

/** The operand that changes nothing: x + 0, x · 1. On the left it does so where the operator commutes. */
export const NEUTRAL: Readonly<Partial<Record<Op, number>>> = { Add: 0, Sub: 0, Mul: 1, Div: 1, Pow: 1 };

/** Whether op(x, y) = op(y, x). */
export const isCommutative = (op: Op): boolean => COMMUTATIVE.includes(op);
const COMMUTATIVE: readonly Op[] = ['Add', 'And', 'BitwiseAnd', 'Equal', 'Max', 'Min', 'Mul', 'Or', 'Xor'];

/** `TensorProto.DataType` of the ONNX specification. */
export const ELEMENT_TYPE: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Values as the little-endian bytes an ONNX file holds; doubles are rounded to float32. */
export function toBytes(data: Data): Uint8Array {
  const array = data instanceof Float64Array ? Float32Array.from(data) : data;
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
