import type { HostArray } from '../../../src/tensor/index.js';
import type { Classifier } from './train.js';

/** What an average of functions says of images, row by row. */
export interface Said {
  /** Share of wrong labels; NaN where the labels have no meaning. */
  readonly error: number;
  /** Mean −log of the probability of the label, in nats. */
  readonly logScore: number;
  /** H(p̄) of each row, in nats. */
  readonly entropy: Float64Array;
  /** What the functions disagree about, H(p̄) − mean H(p), of each row. */
  readonly epistemic: Float64Array;
  /** Largest probability of each row. */
  readonly confidence: Float64Array;
}

const BLOCK = 1000;
const CLASSES = 10;

/** Judges the average of the functions on images [n, 784]. */
export async function judge(functions: readonly Classifier[], x: HostArray<Float32Array>, labels: Int32Array): Promise<Said> {
  const n = labels.length;
  const pixels = x.data.length / n;
  const [mean, own] = [new Float64Array(n * CLASSES), new Float64Array(n)];
  for (const f of functions)
    for (let from = 0; from < n; from += BLOCK) {
      const rows = Math.min(BLOCK, n - from);
      const p = await f({ data: x.data.slice(from * pixels, (from + rows) * pixels), shape: [rows, pixels] });
      for (let i = 0; i < p.length; i++) mean[from * CLASSES + i] += p[i] / functions.length;
      for (let i = 0; i < rows; i++) own[from + i] += entropyOf(p, i) / functions.length;
    }
  const rows = Array.from(labels, (_, i) => i);
  const best = rows.map((i) =>
    Array.from({ length: CLASSES }, (_, c) => c).reduce((a, b) => (mean[i * CLASSES + b] > mean[i * CLASSES + a] ? b : a)),
  );
  const entropy = Float64Array.from(rows, (i) => entropyOf(mean, i));
  return {
    error: rows.filter((i) => best[i] !== labels[i]).length / n,
    logScore: rows.reduce((sum, i) => sum - Math.log(Math.max(mean[i * CLASSES + labels[i]], 1e-30)), 0) / n,
    entropy,
    epistemic: entropy.map((h, i) => Math.max(0, h - own[i])),
    confidence: Float64Array.from(rows, (i) => mean[i * CLASSES + best[i]]),
  };
}

function entropyOf(p: ArrayLike<number>, row: number): number {
  let sum = 0;
  for (let c = row * CLASSES; c < (row + 1) * CLASSES; c++) if (p[c] > 0) sum -= p[c] * Math.log(p[c]);
  return sum;
}
