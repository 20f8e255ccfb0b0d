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

/**
 * What is added to the diagonal of Q, whose size is one. Of 3,000 random programs, many of singular covariances, seven ended without an answer
 * at the first: six of them had none or had it at the second, by `bounded`.
 */
const RIDGES = [1e-10, 1e-8];
/** A program without a bound has a finite answer by the ridge, beyond this. */
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
  const { optimal, infeasible, unbounded, unboundedOrInfeasible } = highs.constants.modelStatus;
  const statuses: number[] = [];
  for (const ridge of RIDGES) {
    const { status, x } = attempt(highs, program, ridge);
    if (status === optimal && x.every((value) => Math.abs(value) < LARGEST)) return x;
    if (status === infeasible || status === unboundedOrInfeasible) {
      const conflict = conflictOf(highs, program);
      if (conflict) throw new Error(`${caller}: no weights satisfy all of: ${shortly(conflict).join('; ')}; loosen one of them`);
    }
    if (status === optimal || status === unbounded || status === unboundedOrInfeasible)
      throw new Error(`${caller}: the objective has no least value; bound the weights, by longOnly() or maximumLeverage(…)`);
    statuses.push(status);
  }
  throw new Error(
    `${caller}: HiGHS found no answer, with the statuses ${statuses.join(' and ')} of its modelStatus; change a bound by a little, or take returns of like sizes`,
  );
}

/** The same program within bounds that only one without a least value reaches: from free variables HiGHS sometimes does not find a way. */
const bounded = (program: Program): Program => ({
  ...program,
  variables: program.variables.map((one) => ({ ...one, low: Math.max(one.low, -2 * LARGEST), high: Math.min(one.high, 2 * LARGEST) })),
});

/** One run of HiGHS: how it ended, and where. A run that fails ends with its `solveError`. */
function attempt(highs: Highs, program: Program, ridge: number): { readonly status: number; readonly x: Float64Array } {
  const model = highs.createModel(arraysOf(ridge > 1e-9 ? bounded(program) : program));
  try {
    model.options.set({ output_flag: false, qp_regularization_value: ridge, qp_iteration_limit: 1000 + 50 * program.variables.length });
    model.run();
    return { status: model.getModelStatus(), x: model.getSolution().colValue };
  } catch {
    return { status: highs.constants.modelStatus.solveError, x: new Float64Array(0) };
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
 * A set of bounds and rules, by name, that conflict and of which none could be left out. HiGHS' `getIis` finds a set; it is asked about the
 * linear program without an objective, for the rules alone decide. Since it lists bounds that have no part in it, each is tried in turn.
 */
function conflictOf(highs: Highs, { variables, rows }: Program): string[] | undefined {
  const program = { variables: variables.map((one) => ({ ...one, cost: 0 })), rows };
  const found = infeasibleNames(highs, program);
  if (!found) return undefined;
  const every = [...rows.map(({ name }) => name), ...variables.flatMap(({ lowName, highName }) => [lowName, highName])];
  const dropped = new Set(every.filter((name) => name !== undefined && !found.includes(name)));
  if (!infeasibleNames(highs, without(program, dropped))) return found;
  return found.filter((name) => {
    if (!infeasibleNames(highs, without(program, new Set([...dropped, name])))) return true;
    dropped.add(name);
    return false;
  });
}

/** Bounds that are alike of more than four assets as one: `box, AAPL, AMD, BAC and 12 more ≤ 0.05`. */
function shortly(names: readonly string[]): string[] {
  const parts = names.map((name) => /^(longOnly|box), (.+) ([≤≥] \S+)$/.exec(name));
  const kinds = parts.map((part, i) => (part ? `${part[1]} ${part[3]}` : `${i}`));
  return names.flatMap((name, i) => {
    const alike = kinds.flatMap((kind, j) => (kind === kinds[i] ? [j] : []));
    if (alike.length <= 4) return [name];
    if (alike[0] !== i) return [];
    const [, rule, , bound] = parts[i]!;
    const first = alike.slice(0, 3).map((j) => parts[j]![2]);
    return [`${rule}, ${first.join(', ')} and ${alike.length - 3} more ${bound}`];
  });
}

/** The program without the bounds and rules of these names. */
const without = ({ variables, rows }: Program, names: ReadonlySet<string | undefined>): Program => ({
  rows: rows.filter(({ name }) => name === undefined || !names.has(name)),
  variables: variables.map((one) => ({
    ...one,
    low: one.lowName !== undefined && names.has(one.lowName) ? -Infinity : one.low,
    high: one.highName !== undefined && names.has(one.highName) ? Infinity : one.high,
  })),
});

/** The names in the infeasible system of a program; nothing where some x satisfies it. `iis_strategy` 2 looks by an elastic program. */
function infeasibleNames(highs: Highs, program: Program): string[] | undefined {
  const { variables, rows } = program;
  const model = highs.createModel(arraysOf(program));
  try {
    model.options.set({ output_flag: false, iis_strategy: 2 });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.infeasible) return undefined;
    const { rowIndex, colIndex } = model.getIis();
    const named = [
      ...[...rowIndex].map((i) => rows[i].name),
      ...[...colIndex].flatMap((j) => [variables[j].lowName, variables[j].highName]),
    ];
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
