const view = new DataView(new ArrayBuffer(8));

/**
 * ln x for a normal x > 0 by + − × ÷ alone, so every machine gives the same bits; error below 1 ulp.
 *
 *     x = 2ᵏ(1 + f), √½ < 1 + f < √2        ln x = k ln 2 + 2 artanh(f / (2 + f))
 *
 * FreeBSD msun `e_log.c` (Sun Microsystems 1993), with its polynomial for artanh.
 */
export function logarithm(x: number): number {
  view.setFloat64(0, x);
  const bits = view.getInt32(0);
  const fraction = bits & 0xfffff;
  const aboveRoot2 = (fraction + 0x95f64) & 0x100000; // 1 + f ≥ √2: halve it and raise k
  view.setInt32(0, fraction | (aboveRoot2 ^ 0x3ff00000));
  const k = (bits >> 20) - 1023 + (aboveRoot2 >> 20);
  const f = view.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R = z * (L[0] + z * (L[1] + z * (L[2] + z * (L[3] + z * (L[4] + z * (L[5] + z * L[6]))))));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + R) + k * LN2_LOW) - f);
}

// ln 2 in two parts: k · high is exact for |k| < 2²⁰.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const L = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805, 0.15313837699209373,
  0.14798198605116586,
] as const;
