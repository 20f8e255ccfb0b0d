import type { Highs, ModelData } from 'highs';
import { once } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';

/** One variable: low ≤ xⱼ ≤ high at a cost of cⱼ, and what errors call its bounds; none for one that only helps to write a rule. */
export interface Variable {
  readonly cost: number;
  readonly low: number;
  readonly high: number;
  readonly lowName?: string;
  readonly highName?: string;
}

/** One rule: low ≤ Σⱼ aⱼxⱼ ≤ high, by pairs [j, aⱼ], and what errors call it; none for one that only links variables. */
export interface Row {
  readonly name?: string;
  readonly terms: readonly (readonly [column: number, value: number])[];
  readonly low: number;
  readonly high: number;
}

/** minimise ½wᵀQw + cᵀx over the bounds and rules, w the first variables, as many as Q has rows. */
export interface Program {
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  /** [N, N], positive semidefinite; without it the program is linear. */
  readonly quadratic?: Matrix;
}

/** What the 1e-10 on the diagonal makes of a program without a bound is finite and beyond this. */
const LARGEST = 1e6;

/**
 * The least of a convex quadratic or linear program, by HiGHS: x [variables].
 *
 * The objective is scaled to a quadratic of size one first: HiGHS adds 1e-7 to the diagonal of Q, which is a thousandth of the variance of a
 * day's return, and with 1e-10 beside one the conditions of optimality hold to 1e-10; with daily variances as they are it did not end.
 *
 * @throws when no x satisfies all bounds and rules, naming a set of them that conflict; when the objective has no least value
 *
 * HiGHS 1.15 (MIT), an active-set method for quadratic programs (Huangfu & Hall 2018 for the linear ones), as WebAssembly.
 */
export async function quadraticProgram(caller: string, program: Program): Promise<Float64Array> {
  const highs = await solver();
  const model = highs.createModel(arraysOf(program));
  try {
    model.options.set({ output_flag: false, qp_regularization_value: 1e-10, qp_iteration_limit: 1000 + 50 * program.variables.length });
    model.run();
    const status = model.getModelStatus();
    const { optimal, infeasible, unbounded, unboundedOrInfeasible } = highs.constants.modelStatus;
    const x = status === optimal ? model.getSolution().colValue : undefined;
    if (x?.every((value) => Math.abs(value) < LARGEST)) return x;
    if (status === infeasible || status === unboundedOrInfeasible) {
      const conflict = conflictOf(highs, program);
      if (conflict) throw new Error(`${caller}: no weights satisfy all of: ${conflict.join('; ')}; loosen one of them`);
    }
    if (x || status === unbounded || status === unboundedOrInfeasible)
      throw new Error(`${caller}: the objective has no least value; bound the weights, by longOnly() or maximumLeverage(…)`);
    throw new Error(
      `${caller}: HiGHS gave up with status ${status} (of its modelStatus); is the covariance of returns of very unlike sizes?`,
    );
  } finally {
    model.dispose();
  }
}

/** HiGHS' WebAssembly, 3.5 MB, compiled at the first program that is solved. */
const solver = once(async (): Promise<Highs> => {
  const { default: load } = await import('highs');
  return (load as unknown as typeof load.default)(); // its types are those of the CommonJS build, where `default` is a field of the module
});

/**
 * What HiGHS' `getIis` finds to conflict, by name. It is asked about the linear program without an objective: the rules alone decide.
 * `iis_strategy` 2 looks for the conflict by an elastic program, 4 drops what it does not need.
 */
function conflictOf(highs: Highs, { variables, rows }: Program): string[] | undefined {
  const model = highs.createModel(arraysOf({ variables: variables.map((one) => ({ ...one, cost: 0 })), rows }));
  try {
    model.options.set({ output_flag: false, iis_strategy: 6 });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.infeasible) return undefined;
    const { rowIndex, colIndex, colBound } = model.getIis();
    const { boundLower, boundUpper } = highs.constants.iis;
    const named = [...rowIndex].map((i) => rows[i].name);
    for (const [k, j] of [...colIndex].entries()) {
      if (colBound[k] !== boundUpper) named.push(variables[j].lowName);
      if (colBound[k] !== boundLower) named.push(variables[j].highName);
    }
    return [...new Set(named.filter((name) => name !== undefined))];
  } finally {
    model.dispose();
  }
}

function arraysOf({ variables, rows, quadratic }: Program): ModelData {
  const [numCols, numRows] = [variables.length, rows.length];
  const scale = scaleOf(variables, quadratic);
  const starts = [0];
  for (const { terms } of rows) starts.push(starts[starts.length - 1] + terms.length);
  return {
    numCols,
    numRows,
    colCost: variables.map(({ cost }) => cost * scale),
    colLower: variables.map(({ low }) => low),
    colUpper: variables.map(({ high }) => high),
    rowLower: rows.map(({ low }) => low),
    rowUpper: rows.map(({ high }) => high),
    matrix: {
      format: 'csr',
      numCols,
      numRows,
      starts,
      indices: rows.flatMap(({ terms }) => terms.map(([column]) => column)),
      values: rows.flatMap(({ terms }) => terms.map(([, value]) => value)),
    },
    ...(quadratic && { hessian: hessianOf(quadratic, numCols, scale) }),
  };
}

/** One over the mean of Q's diagonal, of the largest cost where there is no Q. */
function scaleOf(variables: readonly Variable[], quadratic: Matrix | undefined): number {
  let size = 0;
  if (quadratic) for (let i = 0; i < quadratic.rows; i++) size += quadratic.data[i * quadratic.cols + i] / quadratic.rows;
  else for (const { cost } of variables) size = Math.max(size, Math.abs(cost));
  return size > 0 ? 1 / size : 1;
}

/** The lower triangle, column by column; variables beyond Q's have none. */
function hessianOf({ rows: n, data }: Matrix, dimension: number, scale: number): NonNullable<ModelData['hessian']> {
  const [starts, indices, values]: number[][] = [[0], [], []];
  for (let j = 0; j < dimension; j++) {
    for (let i = j; i < n && j < n; i++) {
      indices.push(i);
      values.push(data[i * n + j] * scale);
    }
    starts.push(indices.length);
  }
  return { format: 'triangular', dimension, starts, indices, values };
}
