import type { Data, DType } from '../graph.js';

/** Every ONNX operator the tracing backend may write: what an interpreter or a runtime has to know, and nothing else. */
// biome-ignore format: a list to read, not a column to scroll
export const OPS = [
  'Abs', 'Acos', 'Acosh', 'Add', 'And', 'ArgMax', 'ArgMin', 'Asin', 'Asinh', 'Atan', 'Atanh', 'AveragePool', 'BitwiseAnd', 'Cast', 'Ceil', 'Clip', 'Concat',
  'Conv', 'ConvTranspose', 'Cos', 'Cosh', 'CumSum', 'Div', 'Elu', 'Equal', 'Erf', 'Exp', 'Expand', 'Floor', 'Gather', 'GatherND', 'Gemm', 'Greater', 'GreaterOrEqual',
  'Identity', 'IsInf', 'IsNaN', 'LeakyRelu', 'Less', 'LessOrEqual', 'Log', 'LogSoftmax', 'MatMul', 'Max',
  'MaxPool', 'Min', 'Mod', 'Mul', 'Neg', 'Not', 'Or', 'Pad', 'Pow', 'Reciprocal', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd',
  'ReduceSum', 'Relu', 'Reshape', 'Round', 'ScatterND', 'Sigmoid', 'Sign', 'Sin', 'Sinh', 'Slice', 'Softmax', 'Softplus', 'Split',
  'Sqrt', 'Squeeze', 'Sub', 'Tan', 'Tanh', 'Tile', 'TopK', 'Transpose', 'Where', 'Xor',
] as const;

export type Op = (typeof OPS)[number];

/** `TensorProto.DataType` of the ONNX specification. */
export const ELEMENT_TYPE: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Values as the little-endian bytes an ONNX file holds; doubles are rounded to float32. */
export function toBytes(data: Data): Uint8Array {
  const array = data instanceof Float64Array ? Float32Array.from(data) : data;
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
