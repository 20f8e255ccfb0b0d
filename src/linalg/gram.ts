import { type Matrix, ROWS, zeroMatrix } from './matrix.js';

/** Some rows of a matrix, column after column, so that what goes along rows finds them in one piece. */
export interface Block {
  readonly start: number;
  readonly rows: number;
  /** Each of `rows` values or longer. */
  readonly columns: readonly Float64Array[];
}

/** Hands on the rows of matrices side by side block by block; each overwrites the one before unless they are to be kept. */
export function eachBlock(sides: readonly Matrix[], use: (block: Block) => void, { keep = false } = {}): void {
  const n = sides[0].rows;
  const width = sides.reduce((total, { cols }) => total + cols, 0);
  const size = Math.min(ROWS, n);
  const memory = () => {
    const all = new Float64Array(size * width);
    return Array.from({ length: width }, (_, j) => all.subarray(j * size, (j + 1) * size));
  };
  let columns = memory();
  for (let start = 0; start < n; start += size) {
    const rows = Math.min(size, n - start);
    if (keep && start > 0) columns = memory();
    let from = 0;
    for (const { cols, data } of sides) {
      for (let j = 0; j < cols; j++) {
        const column = columns[from + j];
        for (let i = 0, at = start * cols + j; i < rows; i++, at += cols) column[i] = data[at];
      }
      from += cols;
    }
    use({ start, rows, columns });
  }
}

/**
 * XᵀX [p, p], or XᵀWX for W = diag w.
 *
 * Each block of rows is summed by itself and then added, so that rounding grows with the number of blocks and not with that of rows.
 *
 * @param x        [n, p]
 * @param weights  w [n], from 0 up; ones when left out
 */
export function gram(x: Matrix, weights?: Float64Array): Matrix {
  const p = x.cols;
  const out = zeroMatrix(p, p);
  eachBlock([x], (block) => {
    if (weights) weigh(block, weights);
    addProducts(out, block);
  });
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) out.data[i * p + j] = out.data[j * p + i];
  return out;
}

function weigh({ start, rows, columns }: Block, weights: Float64Array): void {
  const roots = weights.subarray(start, start + rows).map(Math.sqrt);
  for (const column of columns) for (let i = 0; i < rows; i++) column[i] *= roots[i];
}

/**
 * Adds to out [p, q] the inner products of the first p columns of a block with all its q columns, on and above the diagonal; those below
 * it mean nothing. Three by three: nine sums, which do not wait for each other, of six values read.
 */
export function addProducts({ rows: p, cols: q, data: out }: Matrix, { rows, columns }: Block): void {
  for (let i = 0; i < p; i += 3) {
    const [x0, x1, x2] = [i, i + 1, i + 2].map((k) => columns[Math.min(k, p - 1)]);
    for (let j = i; j < q; j += 3) {
      const [y0, y1, y2] = [j, j + 1, j + 2].map((k) => columns[Math.min(k, q - 1)]);
      let [s00, s01, s02, s10, s11, s12, s20, s21, s22] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < rows; k++) {
        const a = y0[k];
        const b = y1[k];
        const c = y2[k];
        const d = x0[k];
        s00 += d * a;
        s01 += d * b;
        s02 += d * c;
        const e = x1[k];
        s10 += e * a;
        s11 += e * b;
        s12 += e * c;
        const f = x2[k];
        s20 += f * a;
        s21 += f * b;
        s22 += f * c;
      }
      const sums = [s00, s01, s02, s10, s11, s12, s20, s21, s22];
      for (let k = 0; k < 9; k++) {
        const [row, column] = [i + Math.floor(k / 3), j + (k % 3)];
        if (row < p && column < q) out[row * q + column] += sums[k];
      }
    }
  }
}
