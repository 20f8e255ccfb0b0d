import { column, fromColumns, type Matrix, qr } from '../../linalg/index.js';
import { columnName } from '../../linalg/internal.js';
import { checkOverdetermined, checkSample, dependentColumn } from './design.js';
import { linearRegression } from './linear-regression.js';

/** One coefficient of a regression, taken apart: what its column and y still say once the other columns have spoken. */
export interface PartialRegression {
  /** The column's coefficient in the full regression. */
  readonly slope: number;
  /** Residuals of the column on the other columns [n]: the horizontal axis of an added-variable plot. */
  readonly x: Float64Array;
  /** Residuals of y on the other columns [n]: its vertical axis. */
  readonly y: Float64Array;
}

/**
 * The Frisch–Waugh–Lovell decomposition for one column of a design.
 *
 *     β̂ⱼ = x̃ᵀỹ / x̃ᵀx̃        x̃ = Mxⱼ,   ỹ = My,   M = I − X₋ⱼ(X₋ⱼᵀX₋ⱼ)⁻¹X₋ⱼᵀ
 *
 * @param x     [n, p], p ≥ 2
 * @param y     [n]
 * @param name  the column, by its name in x
 * @throws      when x has no such column or no other, and as `linearRegression`
 *
 * Frisch & Waugh 1933; Lovell 1963. thm:frisch-waugh-lovell.
 */
export function partialRegression(x: Matrix, y: ArrayLike<number>, name: string): PartialRegression {
  checkSample('partialRegression', x, y);
  const names = Array.from({ length: x.cols }, (_, j) => columnName(x, j));
  const j = names.indexOf(name);
  if (j < 0) throw new Error(`partialRegression: x has no column '${name}'; it has ${names.map((n) => `'${n}'`).join(', ')}`);
  if (x.cols < 2) throw new Error(`partialRegression: '${name}' is the only column, so there is nothing to take out of it`);
  checkOverdetermined('partialRegression', x);
  const { dependent } = qr(x); // a column that the others determine would leave rounding to divide by
  if (dependent >= 0) throw dependentColumn('partialRegression', x, dependent);
  const others = names.map((_, k) => k).filter((k) => k !== j);
  const controls = fromColumns(others.map((k) => column(x, k)));
  const xLeft = linearRegression(controls, column(x, j)).residuals;
  const yLeft = linearRegression(controls, y).residuals;
  return { slope: linearRegression(fromColumns([xLeft]), yLeft).coefficients[0], x: xLeft, y: yLeft };
}
