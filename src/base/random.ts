import type { HostArray } from './host-array.js';
import { logarithm } from './logarithm.js';
import { type NormalKernel, normalKernel } from './normal/kernel.js';
import { sizeOf } from './shape.js';

/** A random stream: 64 bits, never mutated. The same key gives the same numbers; for other numbers take another key. */
export type Key = readonly [number, number];

/**
 * Random numbers as pure functions of a key: counter-based, splittable, the same bits on every machine.
 *
 *     const [init, noise] = split(key(42));  normal(init, [F, D]);  normal(fold(noise, step), [B, D]);
 *
 * Element i of a stream is Threefry-2x32 with 20 rounds of the counter i (Salmon et al. 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"), laid out as JAX does with `jax_threefry_partitionable`, so `key`, `split`, `fold` and `uniform` equal
 * `jax.random.key`, `split`, `fold_in` and `uniform` bit for bit.
 *
 * Bits are equal everywhere, in WebAssembly as in JavaScript, because nothing here calls `Math.log` or `Math.cos`, whose last digit engines may choose: integers are
 * 32-bit, and normals use only + − × ÷ √, which IEEE 754 rounds correctly.
 *
 * @param seed  an integer, 0 … 2⁵³ − 1
 * @throws      when it is not one
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`key: the seed must be an integer from 0 to 2^53 - 1, got ${seed}; for a string, hash it first`);
  return [Math.floor(seed / 2 ** 32), seed >>> 0];
}

/** `n` keys whose streams are independent of each other; do not use `k` itself afterwards. */
export function split(k: Key, n = 2): Key[] {
  return Array.from({ length: n }, (_, i) => fold(k, i));
}

/**
 * The key of step, epoch or asset `i`: `fold(k, i)` is `split(k, n)[i]` for any n > i.
 *
 * @throws when i is not an integer from 0 to 2³² − 1
 */
export function fold(k: Key, i: number): Key {
  if (!Number.isInteger(i) || i < 0 || i >= 2 ** 32) throw new Error(`fold: the index must be an integer from 0 to 2^32 - 1, got ${i}`);
  threefry(k, 0, i, word);
  return [word[0], word[1]];
}

/** What the cipher writes, read before it is called again: an array for each call takes longer than the cipher does. */
const word = new Uint32Array(2);

/**
 * Uniform on [0, 1): multiples of 2⁻²³ in float32, of 2⁻⁵² in float64.
 *
 * @param k  the stream
 */
export function uniform(k: Key, shape: readonly number[], dtype?: 'float32'): HostArray<Float32Array>;
export function uniform(k: Key, shape: readonly number[], dtype: 'float64'): HostArray<Float64Array>;
export function uniform(
  k: Key,
  shape: readonly number[],
  dtype: 'float32' | 'float64' = 'float32',
): HostArray<Float32Array | Float64Array> {
  if (dtype === 'float32') return draw(k, shape, Float32Array, (high, low) => ((high ^ low) >>> 9) * 2 ** -23);
  return draw(k, shape, Float64Array, (high, low) => fraction52(high, low) * 2 ** -52);
}

/**
 * Standard normal, by inversion: Φ⁻¹((n + ½)·2⁻⁵²) with n of 52 bits, so |z| ≤ 8.2. The float32 numbers are the float64 ones, rounded.
 *
 * Φ⁻¹ is Wichura 1988, algorithm AS 241 (PPND16), relative error about 1e-16.
 */
export function normal(k: Key, shape: readonly number[], dtype?: 'float32'): HostArray<Float32Array>;
export function normal(k: Key, shape: readonly number[], dtype: 'float64'): HostArray<Float64Array>;
export function normal(k: Key, shape: readonly number[], dtype: 'float32' | 'float64' = 'float32'): HostArray<Float32Array | Float64Array> {
  const kernel = sizeOf(shape) >= FEW ? normalKernel() : undefined;
  if (kernel) {
    const data = dtype === 'float32' ? emptyOf(shape, Float32Array) : emptyOf(shape, Float64Array);
    return { data: fromKernel(kernel, k, data), shape: [...shape] };
  }
  const z = (high: number, low: number) => inverseNormal((fraction52(high, low) + 0.5) * 2 ** -52);
  return dtype === 'float32' ? draw(k, shape, Float32Array, z) : draw(k, shape, Float64Array, z);
}

/** So few are drawn in JavaScript before the kernel has begun. */
const FEW = 32;

function fromKernel<D extends Float32Array | Float64Array>({ results, fill }: NormalKernel, [k0, k1]: Key, data: D): D {
  for (let at = 0; at < data.length; at += results.length) {
    const n = Math.min(results.length, data.length - at);
    fill(k0, k1, at, Math.ceil(n / 8) * 8);
    data.set(n === results.length ? results : results.subarray(0, n), at);
  }
  return data;
}

/**
 * Integers uniform on low … high − 1; a value's probability is off by at most 2⁻⁵².
 *
 * @throws when low and high are no 32-bit integers with low < high
 */
export function randint(k: Key, shape: readonly number[], low: number, high: number): HostArray<Int32Array> {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high && low >= -(2 ** 31) && high <= 2 ** 31))
    throw new Error(`randint: needs integers low < high within 32 bits, got low ${low}, high ${high}; high itself is never drawn`);
  return draw(k, shape, Int32Array, (h, l) => low + Math.floor(fraction52(h, l) * 2 ** -52 * (high - low)));
}

/** The integers 0 … n − 1 in random order (Fisher–Yates). */
export function permutation(k: Key, n: number): HostArray<Int32Array> {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const { data: fractions } = uniform(k, [n], 'float64');
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(fractions[i] * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return { data: order, shape: [n] };
}

/** Φ⁻¹(p) for 0 < p < 1, by + − × ÷ √ alone. */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(CENTRE_TOP, r)) / horner(CENTRE_BOTTOM, r);
  }
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  const z = r <= 5 ? horner(MIDDLE_TOP, r - 1.6) / horner(MIDDLE_BOTTOM, r - 1.6) : horner(TAIL_TOP, r - 5) / horner(TAIL_BOTTOM, r - 5);
  return q < 0 ? -z : z;
}

function draw<D extends Float32Array | Float64Array | Int32Array>(
  k: Key,
  shape: readonly number[],
  Type: new (n: number) => D,
  value: (high: number, low: number) => number,
): HostArray<D> {
  const data = emptyOf(shape, Type);
  for (let i = 0; i < data.length; i++) {
    threefry(k, 0, i, word);
    data[i] = value(word[0] | 0, word[1] | 0); // as int32, which need no memory on their way into a function
  }
  return { data, shape: [...shape] };
}

function emptyOf<D>(shape: readonly number[], Type: new (n: number) => D): D {
  const size = sizeOf(shape);
  if (!shape.every((n) => Number.isInteger(n) && n >= 0) || size > 2 ** 32)
    throw new Error(`random: the shape must hold integers >= 0 with at most 2^32 elements, got [${shape.join(',')}]`);
  return new Type(size);
}

const fraction52 = (high: number, low: number) => (high >>> 0) * 2 ** 20 + (low >>> 12);

/** Threefry-2x32-20: encrypts the counter (high, low) under the key. Written out: a loop over the rounds is slower. */
export function threefry(key: Key, high: number, low: number, out: Uint32Array): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x0 = (high + k0) | 0;
  let x1 = (low + k1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k2) | 0;
  x1 = (x1 + k0 + 2) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k0) | 0;
  x1 = (x1 + k1 + 3) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 4) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + k2) | 0;
  x1 = (x1 + k0 + 5) | 0;
  out[0] = x0;
  out[1] = x1;
}

// Coefficients of AS 241, highest power first.
const CENTRE_TOP = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438,
  3.3871328727963665,
];
const CENTRE_BOTTOM = [
  5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091, 1,
];
const MIDDLE_TOP = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691,
  4.630337846156546, 1.4234371107496835,
];
const MIDDLE_BOTTOM = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
  2.053191626637759, 1,
];
const TAIL_TOP = [
  2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913,
  5.463784911164114, 6.657904643501103,
];
const TAIL_BOTTOM = [
  2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358,
  0.599832206555888, 1,
];

/** Eight coefficients; written out like the cipher. */
const horner = (c: readonly number[], x: number): number =>
  ((((((c[0] * x + c[1]) * x + c[2]) * x + c[3]) * x + c[4]) * x + c[5]) * x + c[6]) * x + c[7];
