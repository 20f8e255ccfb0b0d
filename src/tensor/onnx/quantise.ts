import type { Tensor } from 'onnxruntime-node';
import { ELEMENT_TYPE } from './ops.js';
import { ModelProto } from './schema.js';

export interface Quantised {
  readonly onnx: Uint8Array;
  /** How many products are in 8 bits now. */
  readonly products: number;
  /** ‖ŷ − y‖ / ‖y‖ of each output on the sample, in Euclidean norm: 0.01 is an error of one per cent. */
  readonly loss: Readonly<Record<string, number>>;
}

/** An input of the graph, by its name in the file. */
export type Sample = Readonly<Record<string, { readonly data: Float32Array | Int32Array | Uint8Array; readonly shape: readonly number[] }>>;

/**
 * Dynamic 8-bit quantisation of the products by constant matrices: a file of about a quarter of the size, and what it costs in accuracy.
 *
 *     x̂ = clamp(⌊x / sₓ⌉ + zₓ, 0, 255)    ŵ = ⌊w / s⌉ + 128, s = max |w| / 127 of each column    y = sₓ s (x̂ − zₓ)(ŵ − 128)
 *
 * sₓ and zₓ are taken from the range of each x as it comes (`DynamicQuantizeLinear`), and sums are exact in 32-bit integers
 * (`MatMulInteger`).
 *
 * @param onnx    from `toOnnx` of a function that closes over its parameters; it runs in ONNX Runtime, anywhere
 * @param sample  inputs to compare both files on: validation data, since the error depends on it
 * @throws        when no product has a constant matrix, or the sample does not fit the file's inputs
 *
 * Jacob et al. 2018, section 2, with ONNX's operators. Weights are stored unsigned since on processors without VNNI ONNX
 * Runtime's kernels for signed ones saturate.
 */
export async function quantise(onnx: Uint8Array, sample: Sample): Promise<Quantised> {
  const model = ModelProto.decode(onnx) as unknown as Model;
  const products = rewrite(model.graph);
  if (products === 0)
    throw new Error(
      'quantise: no product has a constant matrix; compile a function that closes over its parameters instead of taking them',
    );
  const quantised = ModelProto.encode(model as object).finish();
  const [exact, rounded] = [await run(onnx, sample), await run(quantised, sample)];
  const loss = Object.fromEntries(Object.keys(exact).map((name) => [name, distance(rounded[name], exact[name])]));
  return { onnx: quantised, products, loss };
}

/** Replaces the products in place, and says how many. */
function rewrite(graph: Graph): number {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const reshaped = new Set<string>();
  for (const { op_type, input, output } of graph.node) {
    const [tensor, shape] = input.map((name) => constants.get(name));
    if (op_type !== 'Reshape' || !tensor || !shape) continue;
    const dims = Array.from(new BigInt64Array(Uint8Array.from(shape.raw_data).buffer), Number);
    constants.set(output[0], { ...tensor, dims });
    reshaped.add(output[0]);
  }
  const nodes: Node[] = [];
  const added: Constant[] = [zeroPoint];
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
  const isRead = (used: readonly Node[]) => {
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
const zeroPoint: Constant = { name: 'quantise/zero', dims: [], data_type: UINT8, raw_data: Uint8Array.of(ZERO) };

const operator = (op_type: string, input: string[], output: string[]): Node => ({ op_type, input, output, attribute: [] });

/** Matrices [..., K, N] in 8 bits and their columns' steps [..., 1, N]. */
function rounded({ dims, raw_data }: Constant, transposed: boolean, name: string): [Constant, Constant] {
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

async function run(onnx: Uint8Array, sample: Sample): Promise<Record<string, ArrayLike<number>>> {
  const { InferenceSession, Tensor: Feed } = await import('onnxruntime-node');
  const session = await InferenceSession.create(onnx);
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    if (!sample[name])
      throw new Error(`quantise: the sample lacks the input '${name}'; it has ${Object.keys(sample).join(', ') || 'none'}`);
    const { data, shape } = sample[name];
    feeds[name] = data instanceof Uint8Array ? new Feed('bool', data, shape) : new Feed(data as Float32Array, shape);
  }
  try {
    const results = await session.run(feeds);
    return Object.fromEntries(session.outputNames.map((name) => [name, results[name].data as Float32Array]));
  } finally {
    await session.release();
  }
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (Number(a[i]) - Number(b[i])) ** 2;
    size += Number(b[i]) ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

/** The part of a decoded ModelProto that changes. */
interface Model {
  readonly graph: Graph;
}
interface Graph {
  readonly output: readonly { name: string }[];
  node: Node[];
  initializer: Constant[];
}
interface Node {
  readonly op_type: string;
  readonly input: string[];
  readonly output: string[];
  readonly attribute: readonly { name: string; type?: number; i?: number }[];
}
interface Constant {
  readonly name: string;
  readonly dims: readonly (number | { toString(): string })[];
  readonly data_type: number;
  readonly raw_data: Uint8Array;
}
