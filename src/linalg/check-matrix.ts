import { columnName, type Matrix } from './matrix.js';

export function checkDesign(caller: string, x: Matrix): void {
  if (x.rows === 0 || x.cols === 0) throw new Error(`${caller}: x is empty, [${x.rows},${x.cols}]; nothing is left after filtering?`);
  if (x.data.length !== x.rows * x.cols)
    throw new Error(`${caller}: x is declared [${x.rows},${x.cols}] but holds ${x.data.length} values; build it with design()`);
  checkFinite(caller, x);
}

export function checkFinite(caller: string, x: Matrix): void {
  for (let at = 0; at < x.data.length; at++)
    if (!Number.isFinite(x.data[at]))
      throw new Error(
        `${caller}: x is ${x.data[at]} at row ${Math.floor(at / x.cols)}, '${columnName(x, at % x.cols)}'; drop or fill the row before fitting`,
      );
}
