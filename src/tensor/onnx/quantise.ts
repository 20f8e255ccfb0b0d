import { ELEMENT_TYPE } from './operators.js';
import { ModelProto } from './schema.js';

/** A file with its products by constant matrices in 8 bits, and how many they are. */
export interface RoundedModel {
  readonly onnx: Uint8Array;
  readonly products: number;
}

/**
 * Writes the products by constant matrices in 8 bits, in the operators of the standard:
 *
 *     x̂ = clamp(⌊x / sₓ⌉ + zₓ, 0, 255)    ŵ = ⌊w / s⌉ + 128, s = max |w| / 127 of each column    y = sₓ s (x̂ − zₓ)(ŵ − 128)
 *
 * sₓ and zₓ are taken from the range of each x as it comes (`DynamicQuantizeLinear`), and sums are exact in 32-bit integers
 * (`MatMulInteger`).
 *
 * @throws  when no product has a constant matrix
 */
export function withRoundedProducts(onnx: Uint8Array): RoundedModel {
  const model = ModelProto.decode(onnx) as unknown as EncodedModel;
  const products = rewrite(model.graph);
  if (products === 0)
    throw new Error(
      'quantise: no product has a constant matrix; compile a function that closes over its parameters instead of taking them',
    );
  return { onnx: ModelProto.encode(model as object).finish(), products };
}

/** Replaces the products in place, and says how many. */
function rewrite(graph: GraphProto): number {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const reshaped = new Set<string>();
  for (const { op_type, input, output } of graph.node) {
    const [tensor, shape] = input.map((name) => constants.get(name));
    if (op_type !== 'Reshape' || !tensor || !shape) continue;
    const dims = Array.from(new BigInt64Array(Uint8Array.from(shape.raw_data).buffer), Number);
    constants.set(output[0], { ...tensor, dims });
    reshaped.add(output[0]);
  }
  const nodes: NodeProto[] = [];
  const added: TensorProto[] = [zeroPoint];
  const converted = new Set<string>();
  let count = 0;
  for (const node of graph.node) {
    const weights = constants.get(node.input[1]);
    const flags = node.attribute.map(({ name }) => name);
    const isProduct = node.op_type === 'MatMul' || (node.op_type === 'Gemm' && flags.every((name) => name === 'transB'));
    if (!isProduct || weights?.data_type !== ELEMENT_TYPE.float32 || weights.dims.length < 2) {
      nodes.push(node);
      continue;
    }
    const [x, , shift] = node.input;
    const [y] = node.output;
    const at = (part: string) => `${y}/${part}`;
    // One x may feed several products, and one matrix several steps.
    if (!converted.has(x)) nodes.push(operator('DynamicQuantizeLinear', [x], [`${x}/q`, `${x}/scale`, `${x}/zero`]));
    const transposed = flags.includes('transB');
    const matrix = `${node.input[1]}/${transposed ? 'transposed/' : ''}`;
    if (!converted.has(matrix)) added.push(...rounded(weights, transposed, matrix));
    converted.add(x).add(matrix);
    nodes.push(
      operator('MatMulInteger', [`${x}/q`, `${matrix}w`, `${x}/zero`, zeroPoint.name], [at('sum')]),
      { ...operator('Cast', [at('sum')], [at('float')]), attribute: [{ name: 'to', type: 2, i: ELEMENT_TYPE.float32 }] },
      operator('Mul', [`${x}/scale`, `${matrix}step`], [at('scale')]),
      operator('Mul', [at('float'), at('scale')], [shift ? at('product') : y]),
    );
    if (shift) nodes.push(operator('Add', [at('product'), shift], [y]));
    count++;
  }
  const isRead = (used: readonly NodeProto[]) => {
    const read = new Set(used.flatMap(({ input }) => input));
    return (name: string) => read.has(name) || graph.output.some((output) => output.name === name);
  };
  const used = isRead(nodes);
  graph.node = nodes.filter(({ output }) => !reshaped.has(output[0]) || used(output[0]));
  const needed = isRead(graph.node);
  graph.initializer = [...graph.initializer, ...added].filter(({ name }) => needed(name));
  return count;
}

const UINT8 = 2; // TensorProto.DataType
const ZERO = 128;
const zeroPoint: TensorProto = { name: 'quantise/zero', dims: [], data_type: UINT8, raw_data: Uint8Array.of(ZERO) };

const operator = (op_type: string, input: string[], output: string[]): NodeProto => ({ op_type, input, output, attribute: [] });

/** Matrices [..., K, N] in 8 bits and their columns' steps [..., 1, N]. */
function rounded({ dims, raw_data }: TensorProto, transposed: boolean, name: string): [TensorProto, TensorProto] {
  const w = new Float32Array(Uint8Array.from(raw_data).buffer);
  const shape = dims.map(Number);
  const [K, N] = transposed ? [shape[1], shape[0]] : shape.slice(-2);
  const count = w.length / (K * N);
  const bytes = new Uint8Array(w.length);
  const steps = new Float32Array(count * N);
  for (let column = 0; column < count * N; column++) {
    const [matrix, n] = [Math.floor(column / N), column % N];
    const from = (k: number) => (transposed ? n * K + k : (matrix * K + k) * N + n);
    let largest = 0;
    for (let k = 0; k < K; k++) largest = Math.max(largest, Math.abs(w[from(k)]));
    const step = largest / 127 || 1;
    steps[column] = step;
    for (let k = 0; k < K; k++) bytes[(matrix * K + k) * N + n] = Math.round(w[from(k)] / step) + ZERO;
  }
  const outer = shape.slice(0, -2);
  return [
    { name: `${name}w`, dims: [...outer, K, N], data_type: UINT8, raw_data: bytes },
    { name: `${name}step`, dims: [...outer, 1, N], data_type: ELEMENT_TYPE.float32, raw_data: new Uint8Array(steps.buffer) },
  ];
}

/** The part of a decoded ModelProto that changes. */
interface EncodedModel {
  readonly graph: GraphProto;
}
interface GraphProto {
  readonly output: readonly { name: string }[];
  node: NodeProto[];
  initializer: TensorProto[];
}
interface NodeProto {
  readonly op_type: string;
  readonly input: string[];
  readonly output: string[];
  readonly attribute: readonly { name: string; type?: number; i?: number }[];
}
interface TensorProto {
  readonly name: string;
  readonly dims: readonly (number | { toString(): string })[];
  readonly data_type: number;
  readonly raw_data: Uint8Array;
}
