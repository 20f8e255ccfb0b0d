import type { LabelledImages } from '../../../src/datasets/index.js';

const SIDE = 28;
/** Pixels of an image. */
export const PIXELS = SIDE * SIDE;

/** Rows of images as a matrix [rows, 784] and their labels. */
export function rowsOf({ images, labels }: LabelledImages, rows: ArrayLike<number>) {
  const data = new Float32Array(rows.length * PIXELS);
  for (let b = 0; b < rows.length; b++) data.set(images.data.subarray(rows[b] * PIXELS, (rows[b] + 1) * PIXELS), b * PIXELS);
  return { x: { data, shape: [rows.length, PIXELS] }, y: Int32Array.from(rows, (row) => labels[row]) };
}

/** The first n images. */
export const first = (part: LabelledImages, n: number) =>
  rowsOf(
    part,
    Int32Array.from({ length: n }, (_, i) => i),
  );

/** Images [n, 784] turned about their middle by an angle in degrees, between pixels by their four neighbours. */
export function turned({ data, shape }: { data: Float32Array; shape: number[] }, degrees: number) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const middle = (SIDE - 1) / 2;
  const out = new Float32Array(data.length);
  const at = (image: number, r: number, c: number) => (r < 0 || c < 0 || r >= SIDE || c >= SIDE ? 0 : data[image * PIXELS + r * SIDE + c]);
  for (let r = 0; r < SIDE; r++)
    for (let c = 0; c < SIDE; c++) {
      const [y, x] = [middle + cos * (r - middle) - sin * (c - middle), middle + sin * (r - middle) + cos * (c - middle)];
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [down, right] = [y - top, x - left];
      for (let i = 0; i < shape[0]; i++)
        out[i * PIXELS + r * SIDE + c] =
          (1 - down) * ((1 - right) * at(i, top, left) + right * at(i, top, left + 1)) +
          down * ((1 - right) * at(i, top + 1, left) + right * at(i, top + 1, left + 1));
    }
  return { data: out, shape };
}
