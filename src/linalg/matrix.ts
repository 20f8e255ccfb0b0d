/** A dense matrix in double precision, row-major: element (i, j) is `data[i * cols + j]`. Fits and tables show its columns by name. */
export interface Matrix {
  /** n. */
  readonly rows: number;
  /** p. */
  readonly cols: number;
  /** [n p]. */
  readonly data: Float64Array;
  /** [p] of the columns; `column 0`, `column 1` … where left out. */
  readonly names?: readonly string[];
}

/** The name errors and tables show for column j. */
export const columnName = (x: Matrix, j: number): string => x.names?.[j] ?? `column ${j}`;

/** An all-zero matrix. */
export const zeroMatrix = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols) });

/** Column j as a new vector [rows]. */
export function column(x: Matrix, j: number): Float64Array {
  const out = new Float64Array(x.rows);
  for (let i = 0; i < x.rows; i++) out[i] = x.data[i * x.cols + j];
  return out;
}

/** 256 rows of some ten columns stay in the first level of a cache, of some hundred in the second. */
export const ROWS = 256;

/** The matrix with the given columns, each [rows]. */
export function fromColumns(columns: readonly ArrayLike<number>[], names?: readonly string[]): Matrix {
  const rows = columns[0]?.length ?? 0;
  const cols = columns.length;
  const data = new Float64Array(rows * cols);
  // Some rows of all columns, and then the next: what is written lies in the cache until it is whole.
  for (let start = 0; start < rows; start += ROWS)
    for (let j = 0; j < cols; j++) {
      const values = columns[j];
      for (let i = start, end = Math.min(start + ROWS, rows); i < end; i++) data[i * cols + j] = values[i];
    }
  return names ? { rows, cols, data, names } : { rows, cols, data };
}

/** The mean of each column of x [n, p]: [p]. */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) sums[j] += data[at];
  return sums.map((sum) => sum / rows);
}

/** x [n, p] less a number for each column, shifts [p]. */
export function minus(x: Matrix, shifts: Float64Array): Matrix {
  const data = new Float64Array(x.data.length);
  for (let i = 0, at = 0; i < x.rows; i++) for (let j = 0; j < x.cols; j++, at++) data[at] = x.data[at] - shifts[j];
  return { ...x, data };
}

/** The product Xw of a matrix [n, p] with a vector [p], one inner product for each row: [n]. */
export function matVec(x: Matrix, w: ArrayLike<number>): Float64Array {
  const out = new Float64Array(x.rows);
  for (let i = 0; i < x.rows; i++) {
    let sum = 0;
    for (let j = 0, at = i * x.cols; j < x.cols; j++, at++) sum += x.data[at] * w[j];
    out[i] = sum;
  }
  return out;
}

/** The product Xᵀv of a matrix [n, p], turned over, with a vector [n]: [p], one inner product for each column. */
export function transposeVec(x: Matrix, v: ArrayLike<number>): Float64Array {
  const out = new Float64Array(x.cols);
  for (let i = 0; i < x.rows; i++) {
    const weight = v[i];
    for (let j = 0, at = i * x.cols; j < x.cols; j++, at++) out[j] += x.data[at] * weight;
  }
  return out;
}

/** The product AB of a [n, k] and b [k, m]: [n, m]. */
export function matMul(a: Matrix, b: Matrix): Matrix {
  const out = zeroMatrix(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.cols; k++) {
      const weight = a.data[i * a.cols + k];
      for (let j = 0; j < b.cols; j++) out.data[i * b.cols + j] += weight * b.data[k * b.cols + j];
    }
  return out;
}

/** Aᵀ of a [n, p], with rows and columns exchanged and names dropped: [p, n]. */
export function transpose(a: Matrix): Matrix {
  const out = zeroMatrix(a.cols, a.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.cols; j++) out.data[j * a.rows + i] = a.data[i * a.cols + j];
  return out;
}

/** The diagonal aᵢᵢ of a square matrix a [n, n]: [n]. */
export const diagonal = (a: Matrix): Float64Array => Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.cols + i]);

/** The first column that has one value other than zero in every row, an intercept, or −1. */
export function constantColumn(x: Matrix): number {
  for (let j = 0; j < x.cols; j++) {
    const value = x.data[j];
    let constant = value !== 0;
    for (let at = j + x.cols; constant && at < x.data.length; at += x.cols) constant = x.data[at] === value;
    if (constant) return j;
  }
  return -1;
}
