import { column, fromColumns, type Matrix, matVec, mean } from '../../../src/linalg/index.js';
import type { RowRange } from '../../../src/market/index.js';
import { logisticRegression, predictProbability, ridgePath } from '../../../src/stats/index.js';
import { best, type Fitted, type Labels, logLoss, PARTS, type Part } from './fitted.js';
import { LOOKBACK, ordered, orderedPlain } from './ordered.js';
import { AHEAD, changes, isDirected, mirrored, rises, rowsOf, type Tape } from './tape.js';
import { trees } from './trees.js';

const PENALTIES = [0, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, Infinity];
const LEAST = 0.01; // a linear chance is cut to 1 … 99 %

const squaredLoss = (f: ArrayLike<number>, y: ArrayLike<number>): number => mean(Float64Array.from(y, (v, i) => (v - f[i]) ** 2));

/** The chance of a rise at the next change of the mid, by every model that is no net. */
export function directions(tape: Tape, quick: boolean): Record<string, Fitted> {
  const whole = mirrored(tape);
  const [inOrder, plain] = [ordered(tape, lookbackOf(quick)), orderedPlain(tape, lookbackOf(quick))];
  const y = Object.fromEntries(PARTS.map((part) => [part, rises(tape, tape[part])])) as Labels;
  const logistic = (x: Matrix, lambdas: readonly number[] = [0]): Fitted =>
    best(lambdas, (lambda) => {
      const fit = logisticRegression(rowsOf(x, tape.labels, tape.train), y.train, { lambda });
      const at = (part: Part) => predictProbability(fit, rowsOf(x, tape.labels, tape[part]));
      return { forecasts: at('test'), validation: logLoss(at('validation'), y.validation), penalty: lambda };
    });
  const even = (part: Part) => new Float64Array(y[part].length).fill(0.5);
  return {
    'even odds': { forecasts: even('test'), validation: logLoss(even('validation'), y.validation), tried: 1 },
    reverse: logistic(chosen(whole, ['last move'])),
    'last side': logistic(chosen(whole, ['sign'])),
    'trade flow': logistic(chosen(whole, ['flow 5', 'flow 20', 'flow 100'])),
    cells: cells(tape, y),
    'ridge, crossed': linear(tape, whole, y, { loss: logLoss, isChance: true }),
    logistic: logistic(chosen(whole, ['sign', 'flow 5', 'flow 20', 'flow 100', 'last move'])),
    'logistic, crossed': logistic(whole, PENALTIES.slice(0, -1)),
    'ridge, in order': linear(tape, inOrder, y, { loss: logLoss, isChance: true }),
    'logistic, in order': logistic(inOrder, [100, 1e3, 1e4]),
    trees: trees(tape, now(tape), y, 'logistic'),
    'trees, in order': trees(tape, plain, y, 'logistic'),
  };
}

/** The price change over the next events, in ticks, by every model that is no net, for each number of events. */
export function priceChanges(tape: Tape, quick: boolean): Record<string, Fitted>[] {
  const whole = mirrored(tape);
  const [inOrder, plain] = [ordered(tape, lookbackOf(quick)), orderedPlain(tape, lookbackOf(quick))];
  return AHEAD.map((ahead) => {
    const y = Object.fromEntries(PARTS.map((part) => [part, changes(tape, tape[part], ahead)])) as Labels;
    const nothing = (part: Part) => new Float64Array(y[part].length);
    const on = (names: readonly string[]) => linear(tape, chosen(whole, names), y, { loss: squaredLoss, penalties: [0] });
    return {
      'no change': { forecasts: nothing('test'), validation: squaredLoss(nothing('validation'), y.validation), tried: 1 },
      bounce: on(['sign']),
      'trade flow': on(['flow 5', 'flow 20', 'flow 100']),
      'ridge, crossed': linear(tape, whole, y, { loss: squaredLoss }),
      'ridge, in order': linear(tape, inOrder, y, { loss: squaredLoss }),
      trees: trees(tape, now(tape), y, 'squared'),
      'trees, in order': trees(tape, plain, y, 'squared'),
    };
  });
}

const lookbackOf = (quick: boolean): number => (quick ? 3 : LOOKBACK);
/** What is known at an event, for trees. */
const now = ({ features }: Tape) => ({ x: features, odd: (features.names ?? []).map(isDirected) });

const chosen = (x: Matrix, names: readonly string[]): Matrix =>
  fromColumns(
    names.map((name) => column(x, x.names!.indexOf(name))),
    names,
  );

interface LinearOptions {
  readonly loss: (f: Float64Array, y: Float64Array) => number;
  readonly isChance?: boolean;
  readonly penalties?: readonly number[];
}

/** Least squares with a penalty and without an intercept; a chance is one half and what is fitted. */
function linear(tape: Tape, x: Matrix, y: Labels, { loss, isChance, penalties = PENALTIES }: LinearOptions): Fitted {
  const target = isChance ? y.train.map((up) => up - 0.5) : y.train;
  const { fits } = ridgePath(rowsOf(x, tape.labels, tape.train), target, { lambdas: penalties, intercept: false });
  return best(penalties, (penalty) => {
    const { coefficients } = fits[penalties.indexOf(penalty)];
    const at = (part: Part) =>
      matVec(rowsOf(x, tape.labels, tape[part]), coefficients).map((v) => (isChance ? Math.min(1 - LEAST, Math.max(LEAST, v + 0.5)) : v));
    return { forecasts: at('test'), validation: loss(at('validation'), y.validation), penalty };
  });
}

/**
 * A tree whose splits are fixed: rises counted in 54 cells of last side, last move, flow of 20 events and age, each mixed with even odds as if those
 * had been seen so many times.
 */
function cells(tape: Tape, y: Labels): Fitted {
  const { features, labels } = tape;
  const names = ['sign', 'last move', 'flow 20', 'age'].map((name) => features.names!.indexOf(name));
  const train = rowsOf(features, labels, tape.train);
  const cuts = names.map((j) => {
    const sorted = column(train, j).toSorted();
    return [sorted[Math.floor(sorted.length / 3)], sorted[Math.floor((2 * sorted.length) / 3)]];
  });
  const codes = (range: RowRange) => {
    const x = rowsOf(features, labels, range);
    return Int32Array.from({ length: x.rows }, (_, i) =>
      names.reduce((code, j, n) => {
        const value = x.data[i * x.cols + j];
        const third = n < 2 ? Math.sign(value) + 1 : Number(value > cuts[n][0]) + Number(value > cuts[n][1]);
        return 3 * code + third;
      }, 0),
    );
  };
  const own = codes(tape.train);
  const [seen, rose] = [new Float64Array(81), new Float64Array(81)];
  for (const [i, code] of own.entries()) {
    seen[code]++;
    rose[code] += y.train[i];
  }
  return best([1, 10, 100, 1e3, 1e4, 1e5], (weight) => {
    const at = (part: Part) => Float64Array.from(codes(tape[part]), (code) => (rose[code] + weight / 2) / (seen[code] + weight));
    return { forecasts: at('test'), validation: logLoss(at('validation'), y.validation), penalty: weight };
  });
}
