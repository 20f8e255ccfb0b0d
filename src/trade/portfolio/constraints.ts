import type { Row, Variable } from './quadratic-program.js';

/** A rule that weights must keep, as `longOnly()`, `box(…)`, `group(…)`, `maximumTurnover(…)` and `maximumLeverage(…)` make them. */
export type Constraint =
  | { readonly kind: 'box'; readonly name: string; readonly low: number | ArrayLike<number>; readonly high: number | ArrayLike<number> }
  | { readonly kind: 'group'; readonly name: string; readonly members: readonly string[]; readonly low: number; readonly high: number }
  | { readonly kind: 'distance'; readonly name: string; readonly from: ArrayLike<number> | 0; readonly most: number };

/** No weight below zero: 0 ≤ wₙ. */
export const longOnly = (): Constraint => ({ kind: 'box', name: 'longOnly', low: 0, high: Infinity });

/** Bounds of each weight, low ≤ wₙ ≤ high, one for all or [N], as shares of equity: `box(0, 0.1)` holds at most 10 % in an asset. */
export const box = (low: number | ArrayLike<number>, high: number | ArrayLike<number>): Constraint => ({
  kind: 'box',
  name: 'box',
  low,
  high,
});

/** Bounds of the weight of several assets together, low ≤ Σ wₙ ≤ high: `group('banks', ['JPM', 'BAC'], 0, 0.2)`; names of assets, in shares of equity. */
export const group = (name: string, members: readonly string[], low: number, high: number): Constraint => ({
  kind: 'group',
  name: `group ${name}`,
  members,
  low,
  high,
});

/**
 * A bound on what is traded, Σ|wₙ − fromₙ| ≤ most, bought and sold together: 2 exchanges everything.
 *
 * @param from  the weights held now [N], after prices have moved: `driftedWeights`
 */
export const maximumTurnover = (from: ArrayLike<number>, most: number): Constraint => ({
  kind: 'distance',
  name: 'maximumTurnover',
  from,
  most,
});

/** A bound on the gross exposure, Σ|wₙ| ≤ most, in shares of equity: 1.6 allows 130 % long and 30 % short. */
export const maximumLeverage = (most: number): Constraint => ({ kind: 'distance', name: 'maximumLeverage', from: 0, most });

/** The part of a program that is about weights: the first N variables, helpers after them, and rules. */
export interface WeightProgram {
  readonly variables: Variable[];
  readonly rows: Row[];
}

/** What a program's own objective adds to the weights. */
export interface Costs {
  /** cₙ of weight n [N]. */
  readonly linear?: ArrayLike<number>;
  /** Σ costₙ|wₙ − fromₙ|, both [N]. */
  readonly trading?: { readonly from: ArrayLike<number>; readonly cost: ArrayLike<number> };
  /** Σ wₙ; nothing leaves it free. */
  readonly budget?: number;
}

const show = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * Variables and rules of weights: wₙ = fromₙ + bought − sold makes absolute values linear.
 *
 * @throws when a constraint is none, a bound is missing, a member unknown, a low above its high
 */
export function weightProgram(
  caller: string,
  assets: readonly string[],
  constraints: readonly Constraint[],
  { linear, trading, budget }: Costs,
): WeightProgram {
  checkConstraints(caller, constraints);
  const variables: Variable[] = assets.map((asset, n) => ({ ...boundsOf(caller, asset, n, assets, constraints), cost: linear?.[n] ?? 0 }));
  const rows: Row[] = [];
  if (budget !== undefined)
    rows.push({ name: `the budget, Σw = ${show(budget)}`, terms: assets.map((_, n) => [n, 1]), low: budget, high: budget });
  for (const one of constraints) {
    if (one.kind === 'group') rows.push(groupRow(caller, one, assets));
    if (one.kind === 'distance') addDistance(caller, one, assets, variables, rows);
  }
  if (trading) distanceTerms(trading.from, trading.cost, assets, variables, rows);
  return { variables, rows };
}

/** A list of constraints. Throws at what is none: one that is not called would bind nothing. */
function checkConstraints(caller: string, constraints: readonly Constraint[]): void {
  if (!Array.isArray(constraints)) throw new Error(`${caller}: constraints must be a list, as [longOnly()], got ${typeof constraints}`);
  for (const [i, one] of constraints.entries()) {
    if (['box', 'group', 'distance'].includes(one?.kind)) continue;
    const got =
      typeof one === 'function' ? `the function ${(one as { name: string }).name}; call it` : `${one}; make it by longOnly(), box(…)`;
    throw new Error(`${caller}: constraint ${i} is ${got}`);
  }
}

/** The tightest bounds of one asset, with the rules that they come from. */
function boundsOf(
  caller: string,
  asset: string,
  n: number,
  assets: readonly string[],
  constraints: readonly Constraint[],
): Omit<Variable, 'cost'> {
  let bounds: Omit<Variable, 'cost'> = { low: -Infinity, high: Infinity };
  for (const one of constraints) {
    if (one.kind !== 'box') continue;
    const low = boundOf(caller, one.name, 'low', one.low, n, assets);
    const high = boundOf(caller, one.name, 'high', one.high, n, assets);
    if (low > bounds.low) bounds = { ...bounds, low, lowName: `${one.name}, ${asset} ≥ ${show(low)}` };
    if (high < bounds.high) bounds = { ...bounds, high, highName: `${one.name}, ${asset} ≤ ${show(high)}` };
  }
  if (bounds.low > bounds.high)
    throw new Error(`${caller}: no weights satisfy all of: ${bounds.lowName}; ${bounds.highName}; loosen one of them`);
  return bounds;
}

function boundOf(
  caller: string,
  name: string,
  side: string,
  bound: number | ArrayLike<number>,
  n: number,
  assets: readonly string[],
): number {
  if (typeof bound !== 'number' && bound.length !== assets.length)
    throw new Error(
      `${caller}: ${name} has ${bound.length} values of ${side} for ${assets.length} assets; give one for each, or one number`,
    );
  const value = typeof bound === 'number' ? bound : bound[n];
  if (Number.isNaN(value)) throw new Error(`${caller}: ${name} of ${assets[n]} has ${side} ${value}; ±Infinity is no bound`);
  return value;
}

function groupRow(caller: string, { name, members, low, high }: Constraint & { kind: 'group' }, assets: readonly string[]): Row {
  const terms = members.map((member) => {
    const at = assets.indexOf(member);
    if (at < 0)
      throw new Error(
        `${caller}: ${name} has the member '${member}', and the assets are ${assets.slice(0, 8).join(', ')}${assets.length > 8 ? ' …' : ''}`,
      );
    return [at, 1] as const;
  });
  if (!(low <= high)) throw new Error(`${caller}: ${name} has low ${low} above high ${high}`);
  const side = low === -Infinity ? `≤ ${show(high)}` : high === Infinity ? `≥ ${show(low)}` : `from ${show(low)} to ${show(high)}`;
  return { name: `${name} (${members.join(' + ')} ${side})`, terms, low, high };
}

function addDistance(
  caller: string,
  one: Constraint & { kind: 'distance' },
  assets: readonly string[],
  variables: Variable[],
  rows: Row[],
): void {
  const from = one.from === 0 ? new Float64Array(assets.length) : one.from;
  if (from.length !== assets.length)
    throw new Error(`${caller}: ${one.name} is from ${from.length} weights and there are ${assets.length} assets; give one for each`);
  const missing = assets.findIndex((_, n) => !Number.isFinite(from[n]));
  if (missing >= 0)
    throw new Error(
      `${caller}: ${one.name} is from a weight of ${assets[missing]} that is ${from[missing]}; what is not held has weight 0`,
    );
  if (!(one.most >= 0)) throw new Error(`${caller}: ${one.name} allows ${one.most}; give a number from 0 up`);
  const terms = distanceTerms(from, new Float64Array(assets.length), assets, variables, rows);
  const sum = one.from === 0 ? 'Σ|w|' : 'Σ|w − from|';
  rows.push({ name: `${one.name}, ${sum} ≤ ${show(one.most)}`, terms, low: -Infinity, high: one.most });
}

/** Two helpers for each asset, bought and sold ≥ 0 with wₙ − bought + sold = fromₙ. Their sum is |wₙ − fromₙ| or more. */
function distanceTerms(
  from: ArrayLike<number>,
  cost: ArrayLike<number>,
  assets: readonly string[],
  variables: Variable[],
  rows: Row[],
): (readonly [number, number])[] {
  return assets.flatMap((_, n) => {
    const at = variables.length;
    const helper: Variable = { cost: cost[n], low: 0, high: Infinity };
    variables.push(helper, helper);
    rows.push({
      terms: [
        [n, 1],
        [at, -1],
        [at + 1, 1],
      ],
      low: from[n],
      high: from[n],
    });
    return [
      [at, 1],
      [at + 1, 1],
    ] as const;
  });
}
