import type { LabelledImages } from '../src/datasets/index.js';
import type { Rows, Trained } from './train-net.js';

/** Pixels of an image of MNIST and of Fashion-MNIST. */
export const PIXELS = 784;

/** Images from one row up to another as x [n, 784] and y [n]. */
export const rowsOf = ({ images, labels }: LabelledImages, from: number, to: number): Rows => ({
  x: { data: images.data.subarray(from * PIXELS, to * PIXELS), shape: [to - from, PIXELS] },
  y: { data: labels.subarray(from, to), shape: [to - from] },
});

/** The share of rows [n] whose largest logit of ten is of another class; NaN of a net that diverged. */
export async function errorOn(net: Trained, { x, y }: Rows): Promise<number> {
  const logits = await net.outputs(x);
  const n = y.data.length;
  let wrong = 0;
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let c = 1; c < 10; c++) if (logits[10 * i + c] > logits[10 * i + best]) best = c;
    if (Number.isNaN(logits[10 * i])) return Number.NaN;
    if (best !== y.data[i]) wrong++;
  }
  return wrong / n;
}
