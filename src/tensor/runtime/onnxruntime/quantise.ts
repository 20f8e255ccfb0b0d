import type { Tensor } from 'onnxruntime-node';
import { withRoundedProducts } from '../../onnx/quantise.js';

/** What `quantise` made, and what it cost. */
export interface Quantised {
  /** The file with products in 8 bits. */
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
  const { onnx: quantised, products } = withRoundedProducts(onnx);
  const [exact, rounded] = [await run(onnx, sample), await run(quantised, sample)];
  const loss = Object.fromEntries(Object.keys(exact).map((name) => [name, distance(rounded[name], exact[name])]));
  return { onnx: quantised, products, loss };
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
