import { columnName, type Matrix } from './matrix.js';

/**
 * A matrix as it is declared, so that nothing is read beside it.
 *
 * @param name  what it is called in the message
 * @throws      when it is no matrix of a Float64Array, or its values are not as many as rows times columns
 */
export function checkMatrix(caller: string, name: string, x: Matrix): void {
  const kind = Object.prototype.toString.call(x?.data).slice(8, -1); // by name: a notebook's arrays are of another realm
  if (kind !== 'Float64Array' || !Number.isInteger(x.rows) || !Number.isInteger(x.cols))
    throw new Error(
      `${caller}: ${name} must be a matrix { rows, cols, data } of a Float64Array, got rows ${x?.rows}, cols ${x?.cols} and data ${kind}; design() makes one`,
    );
  if (x.data.length !== x.rows * x.cols)
    throw new Error(
      `${caller}: ${name} is declared [${x.rows},${x.cols}] but holds ${x.data.length} values; was it cut, or a width wrong?`,
    );
}

export function checkDesign(caller: string, x: Matrix): void {
  if (x.rows === 0 || x.cols === 0) throw new Error(`${caller}: x is empty, [${x.rows},${x.cols}]; nothing is left after filtering?`);
  if (x.data.length !== x.rows * x.cols)
    throw new Error(`${caller}: x is declared [${x.rows},${x.cols}] but holds ${x.data.length} values; build it with design()`);
  const largest = new Float64Array(x.cols);
  let nothing = 0; // NaN once a value is none
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < x.cols; j++, at++) {
      const size = Math.abs(x.data[at]);
      nothing += size - size;
      if (size > largest[j]) largest[j] = size;
    }
  if (nothing !== 0) checkFinite(caller, x);
  for (const [j, size] of largest.entries()) checkSize(caller, `'${columnName(x, j)}'`, size);
}

/**
 * A series whose values are numbers, and its size too.
 *
 * @param name  what it is called in the message
 * @param fix   what to do about a missing value
 */
export function checkValues(caller: string, name: string, values: ArrayLike<number>, fix = 'drop or fill the row'): void {
  let size = 0;
  for (let t = 0; t < values.length; t++) {
    if (!Number.isFinite(values[t])) throw new Error(`${caller}: ${name} is ${values[t]} at row ${t}; ${fix}`);
    size = Math.max(size, Math.abs(values[t]));
  }
  checkSize(caller, name, size);
}

/** What squares can hold: 1e-300 … 1e300. */
const SIZES = { least: 1e-150, most: 1e150 };

/** The size of a column, its largest value: one whose square is neither infinite nor lost, or 0. */
export function checkSize(caller: string, name: string, size: number): void {
  if (size > SIZES.most || (size > 0 && size < SIZES.least))
    throw new Error(
      `${caller}: the largest value of ${name} is ${size}, and its square is no number; sizes from 1e-150 to 1e150 are: use other units`,
    );
}

export function checkFinite(caller: string, x: Matrix): void {
  for (let at = 0; at < x.data.length; at++)
    if (!Number.isFinite(x.data[at]))
      throw new Error(
        `${caller}: x is ${x.data[at]} at row ${Math.floor(at / x.cols)}, '${columnName(x, at % x.cols)}'; drop or fill the row before fitting`,
      );
}
