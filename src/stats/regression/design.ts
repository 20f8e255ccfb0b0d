import { fromColumns, type Matrix } from '../../linalg/index.js';
import { checkDesign, checkValues, columnName } from '../../linalg/internal.js';

/**
 * A design matrix from named columns, or from the columns of a matrix, with a leading column of ones called `intercept` unless told
 * otherwise.
 *
 *     design({ market, size })        [n, 3]: intercept, market, size
 *
 * @throws when the columns differ in length, or there is none
 */
export function design(columns: Matrix | Readonly<Record<string, ArrayLike<number>>>, { intercept = true } = {}): Matrix {
  if (isMatrix(columns)) return ofMatrix(columns, intercept);
  const named = Object.entries(columns);
  if (named.length === 0) throw noColumn();
  const [[first, { length: n }], ...rest] = named;
  for (const [name, values] of rest)
    if (values.length !== n)
      throw new Error(`design: '${name}' has ${values.length} values but '${first}' has ${n}; align them on their dates first`);
  const [names, values] = [named.map(([name]) => name), named.map(([, values]) => values)];
  return intercept ? fromColumns([new Float64Array(n).fill(1), ...values], ['intercept', ...names]) : fromColumns(values, names);
}

/** Row by row, as both lie in memory. */
function ofMatrix(x: Matrix, intercept: boolean): Matrix {
  const { rows, cols } = x;
  if (cols === 0) throw noColumn();
  const [ones, names] = [intercept ? 1 : 0, Array.from({ length: cols }, (_, j) => columnName(x, j))];
  const data = new Float64Array(rows * (cols + ones));
  for (let i = 0, from = 0, to = 0; i < rows; i++) {
    if (intercept) data[to++] = 1;
    for (let j = 0; j < cols; j++) data[to++] = x.data[from++];
  }
  return { rows, cols: cols + ones, data, names: intercept ? ['intercept', ...names] : names };
}

const noColumn = () => new Error('design: no column given; pass at least one named column, as in design({ market })');

const isMatrix = (columns: Matrix | Readonly<Record<string, ArrayLike<number>>>): columns is Matrix =>
  typeof columns.rows === 'number' && typeof columns.cols === 'number';

/** A fit's inputs, checked once where they enter: not empty, equally long, no NaN or infinity. `caller` begins the message. */
export function checkSample(caller: string, x: Matrix, y: ArrayLike<number>): void {
  checkDesign(caller, x);
  checkOutcome(caller, x, y);
}

export function checkOutcome(caller: string, x: Matrix, y: ArrayLike<number>): void {
  if (x.rows !== y.length) throw new Error(`${caller}: x has ${x.rows} rows but y has ${y.length} values; align them on their dates first`);
  checkValues(caller, 'y', y, 'drop or fill the row before fitting');
}

/** Labels of 0 and 1. */
export function checkBinary(caller: string, y: ArrayLike<number>): void {
  for (let i = 0; i < y.length; i++)
    if (y[i] !== 0 && y[i] !== 1)
      throw new Error(`${caller}: labels must be 0 or 1, got ${y[i]} at row ${i}; turn −1 and 1 into (y + 1) / 2`);
}

/** What a fit knows of its columns. */
export interface Fit {
  readonly names: readonly string[];
  readonly coefficients: Float64Array;
}

/** New rows must have the fit's columns; in another order they would be multiplied by each other's coefficients. */
export function checkColumns(caller: string, { names, coefficients: { length: p } }: Fit, x: Matrix): void {
  if (x.cols !== p) throw new Error(`${caller}: the fit has ${p} coefficients but x has ${x.cols} columns; build both with one design`);
  const other = x.names?.findIndex((name, j) => name !== names[j] && names[j] !== `column ${j}`) ?? -1;
  if (other >= 0)
    throw new Error(
      `${caller}: column ${other} of x is '${columnName(x, other)}' where the fit has '${names[other]}'; build both with one design`,
    );
}

/** At least one more row than columns, or no residual variance can be estimated. */
export function checkOverdetermined(caller: string, x: Matrix): void {
  if (x.rows <= x.cols)
    throw new Error(
      `${caller}: ${x.rows} rows cannot determine ${x.cols} coefficients and a variance; use more history, fewer columns, or ridge`,
    );
}

/** What to say about the column that a decomposition found to depend on the ones before it. */
export function dependentColumn(caller: string, x: Matrix, j: number): Error {
  const before = Array.from({ length: j }, (_, i) => `'${columnName(x, i)}'`);
  const why = before.length ? `is a linear combination of ${list(before)}` : 'is all zeros';
  return new Error(`${caller}: '${columnName(x, j)}' ${why}, so the coefficients are not unique; drop it, or use ridge`);
}

const list = (names: string[]): string =>
  names.length > 3 ? `the ${names.length} columns before it` : names.join(names.length === 2 ? ' and ' : ', ');
