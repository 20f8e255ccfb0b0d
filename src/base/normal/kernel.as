// The normals of `normal`, in AssemblyScript: the operations of random.ts and logarithm.ts in their order, two or four at a time, which IEEE 754
// rounds alike. kernel.ts holds what this compiles to; its head has the command.

/** Where results are, and how many fit: then p and place of those in the tails. */
export const CAPACITY: i32 = 4096;
const TAIL_P: usize = 8 * 4096;
const TAIL_AT: usize = 17 * 4096;

// @ts-ignore: a decorator of AssemblyScript's
@inline function turn(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

const CENTRE = memory.data<f64>([2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665, 5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091, 1]);
const MIDDLE = memory.data<f64>([0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835, 1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038, 2.053191626637759, 1]);
const FAR = memory.data<f64>([2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103, 2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1]);
const LOG = memory.data<f64>([0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805, 0.15313837699209373, 0.14798198605116586]);

// @ts-ignore
@inline function constant(at: usize): v128 {
  return v128.load64_splat(at);
}

// @ts-ignore
@inline function horner(x: v128, c: usize): v128 {
  let y = f64x2.add(f64x2.mul(constant(c), x), constant(c + 8));
  y = f64x2.add(f64x2.mul(y, x), constant(c + 16));
  y = f64x2.add(f64x2.mul(y, x), constant(c + 24));
  y = f64x2.add(f64x2.mul(y, x), constant(c + 32));
  y = f64x2.add(f64x2.mul(y, x), constant(c + 40));
  y = f64x2.add(f64x2.mul(y, x), constant(c + 48));
  return f64x2.add(f64x2.mul(y, x), constant(c + 56));
}

/** Fills the results with elements `start` to `start + n` of the stream of key (k0, k1); n is a multiple of 4, `CAPACITY` at most. */
export function fill(k0: i32, k1: i32, start: i32, n: i32): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let tails: i32 = 0;
  for (let i = 0; i < n; i += 8) {
    let x0 = i32x4.splat(k0);
    let y0 = x0;
    let x1 = i32x4.add(i32x4.splat(start + i + k1), i32x4(0, 1, 2, 3));
    let y1 = i32x4.add(x1, i32x4.splat(4));
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 13), x0); y1 = v128.xor(turn(y1, 13), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 15), x0); y1 = v128.xor(turn(y1, 15), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 26), x0); y1 = v128.xor(turn(y1, 26), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 6), x0); y1 = v128.xor(turn(y1, 6), y0);
    x0 = i32x4.add(x0, i32x4.splat(k1)); y0 = i32x4.add(y0, i32x4.splat(k1)); x1 = i32x4.add(x1, i32x4.splat(k2 + 1)); y1 = i32x4.add(y1, i32x4.splat(k2 + 1));
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 17), x0); y1 = v128.xor(turn(y1, 17), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 29), x0); y1 = v128.xor(turn(y1, 29), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 16), x0); y1 = v128.xor(turn(y1, 16), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 24), x0); y1 = v128.xor(turn(y1, 24), y0);
    x0 = i32x4.add(x0, i32x4.splat(k2)); y0 = i32x4.add(y0, i32x4.splat(k2)); x1 = i32x4.add(x1, i32x4.splat(k0 + 2)); y1 = i32x4.add(y1, i32x4.splat(k0 + 2));
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 13), x0); y1 = v128.xor(turn(y1, 13), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 15), x0); y1 = v128.xor(turn(y1, 15), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 26), x0); y1 = v128.xor(turn(y1, 26), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 6), x0); y1 = v128.xor(turn(y1, 6), y0);
    x0 = i32x4.add(x0, i32x4.splat(k0)); y0 = i32x4.add(y0, i32x4.splat(k0)); x1 = i32x4.add(x1, i32x4.splat(k1 + 3)); y1 = i32x4.add(y1, i32x4.splat(k1 + 3));
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 17), x0); y1 = v128.xor(turn(y1, 17), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 29), x0); y1 = v128.xor(turn(y1, 29), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 16), x0); y1 = v128.xor(turn(y1, 16), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 24), x0); y1 = v128.xor(turn(y1, 24), y0);
    x0 = i32x4.add(x0, i32x4.splat(k1)); y0 = i32x4.add(y0, i32x4.splat(k1)); x1 = i32x4.add(x1, i32x4.splat(k2 + 4)); y1 = i32x4.add(y1, i32x4.splat(k2 + 4));
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 13), x0); y1 = v128.xor(turn(y1, 13), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 15), x0); y1 = v128.xor(turn(y1, 15), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 26), x0); y1 = v128.xor(turn(y1, 26), y0);
    x0 = i32x4.add(x0, x1); y0 = i32x4.add(y0, y1); x1 = v128.xor(turn(x1, 6), x0); y1 = v128.xor(turn(y1, 6), y0);
    x0 = i32x4.add(x0, i32x4.splat(k2)); y0 = i32x4.add(y0, i32x4.splat(k2)); x1 = i32x4.add(x1, i32x4.splat(k0 + 5)); y1 = i32x4.add(y1, i32x4.splat(k0 + 5));
    tails = four(x0, i32x4.shr_u(x1, 12), i, tails);
    tails = four(y0, i32x4.shr_u(y1, 12), i + 4, tails);
  }
  invert(tails);
}

/** Replaces the results at the places of the first n in the tails, p < 0.075 or p > 0.925, by theirs. */
export function invert(n: i32): void {
  store<f64>(TAIL_P + 8 * n, 0.25); // beside the last of an odd number
  for (let k = 0; k < n; k += 2) {
    const z = tailPair(v128.load(TAIL_P + 8 * k));
    store<f64>(<usize>load<i32>(TAIL_AT + 4 * k) << 3, f64x2.extract_lane(z, 0));
    if (k + 1 < n) store<f64>(<usize>load<i32>(TAIL_AT + 4 * k + 4) << 3, f64x2.extract_lane(z, 1));
  }
}

// @ts-ignore
@inline function four(high: v128, low: v128, i: i32, tails: i32): i32 {
  const then = pair(high, low, i, tails);
  return pair(v128.shuffle<i32>(high, high, 2, 3, 2, 3), v128.shuffle<i32>(low, low, 2, 3, 2, 3), i + 2, then);
}

// @ts-ignore
@inline function pair(high: v128, low: v128, i: i32, tails: i32): i32 {
  const whole = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(high), f64x2.splat(1048576)), f64x2.convert_low_i32x4_u(low));
  const p = f64x2.mul(f64x2.add(whole, f64x2.splat(0.5)), f64x2.splat(2.220446049250313e-16));
  const q = f64x2.sub(p, f64x2.splat(0.5));
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  const top = horner(r, CENTRE);
  const bottom = horner(r, CENTRE + 64);
  v128.store(<usize>i << 3, f64x2.div(f64x2.mul(q, top), bottom));
  // Stored whether they are in the tails or not, and kept if they are: a branch would be mispredicted once in four times.
  const beyond = i64x2.bitmask(f64x2.gt(f64x2.abs(q), f64x2.splat(0.425)));
  v128.store64_lane(TAIL_P + 8 * tails, p, 0);
  store<i32>(TAIL_AT + 4 * tails, i);
  tails += beyond & 1;
  v128.store64_lane(TAIL_P + 8 * tails, p, 1);
  store<i32>(TAIL_AT + 4 * tails, i + 1);
  tails += beyond >> 1;
  return tails;
}

// @ts-ignore
@inline function tailPair(p: v128): v128 {
  const isLow = f64x2.lt(f64x2.sub(p, f64x2.splat(0.5)), f64x2.splat(0));
  const r = f64x2.sqrt(f64x2.neg(logarithm(v128.bitselect(p, f64x2.sub(f64x2.splat(1), p), isLow))));
  let x = f64x2.sub(r, f64x2.splat(1.6));
  let z = f64x2.div(horner(x, MIDDLE), horner(x, MIDDLE + 64));
  const isFar = f64x2.gt(r, f64x2.splat(5));
  if (v128.any_true(isFar)) {
    x = f64x2.sub(r, f64x2.splat(5));
    z = v128.bitselect(f64x2.div(horner(x, FAR), horner(x, FAR + 64)), z, isFar);
  }
  return v128.xor(z, v128.and(isLow, i64x2.splat(i64.MIN_VALUE)));
}

// @ts-ignore
@inline function logarithm(x: v128): v128 {
  const bits = i64x2.shr_u(x, 32);
  const fraction = v128.and(bits, i64x2.splat(0xfffff));
  const aboveRoot2 = v128.and(i64x2.add(fraction, i64x2.splat(0x95f64)), i64x2.splat(0x100000));
  const exponent = i64x2.add(i64x2.sub(i64x2.shr_u(bits, 20), i64x2.splat(1023)), i64x2.shr_u(aboveRoot2, 20));
  const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2));
  const high = i64x2.shl(v128.or(fraction, v128.xor(aboveRoot2, i64x2.splat(0x3ff00000))), 32);
  const f = f64x2.sub(v128.or(high, v128.and(x, i64x2.splat(0xffffffff))), f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let R = f64x2.add(constant(LOG + 40), f64x2.mul(z, constant(LOG + 48)));
  R = f64x2.add(constant(LOG + 32), f64x2.mul(z, R));
  R = f64x2.add(constant(LOG + 24), f64x2.mul(z, R));
  R = f64x2.add(constant(LOG + 16), f64x2.mul(z, R));
  R = f64x2.add(constant(LOG + 8), f64x2.mul(z, R));
  R = f64x2.mul(z, f64x2.add(constant(LOG), f64x2.mul(z, R)));
  const halfSquare = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const rest = f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, R)), f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)));
  return f64x2.sub(f64x2.mul(k, f64x2.splat(0.6931471803691238)), f64x2.sub(f64x2.sub(halfSquare, rest), f));
}
