import type { Row } from '../../../src/base/index.js';
import { mean, sum } from '../../../src/linalg/index.js';
import { resample, select, selectFrame } from '../../../src/market/index.js';
import {
  type Backtest,
  backtest,
  borrow,
  deflatedSharpeOf,
  halfSpread,
  proportional,
  sharpe,
  sumCosts,
  topWeights,
} from '../../../src/trade/index.js';
import type { ReturnTask } from './return-rivals.js';

/** Stocks held, and as many sold short. */
const COUNT = 5;
/** Two basis points of commission, a spread of six, and half a per cent a year for what is borrowed. */
const COSTS = sumCosts(proportional(0.0002), halfSpread(0.0006), borrow(0.005));

/**
 * The five stocks with the highest forecasts of the next week against the five with the lowest, chosen at each week's last close and traded at the
 * close after it; none where all forecasts are alike.
 */
export function portfolioOf({ task: { folds, dates, assets }, frame }: ReturnTask, week: Float64Array): Backtest | undefined {
  const [from, to] = [dates[folds[0].test.start], dates[folds[folds.length - 1].test.end - 1]];
  const scores = select({ dates, assets, values: week, field: 'forecast', source: frame.source }, { from, to });
  if (scores.values.every((value) => value === scores.values[0])) return undefined;
  const prices = selectFrame(frame, { to }); // after the last week of a slice no decision would limit what the shorts lose
  return backtest({
    weights: topWeights(resample(scores, 'week'), { count: COUNT, short: true }),
    prices,
    execution: 'nextClose',
    costs: COSTS,
  });
}

/** What a run earned, with the moments that deflate it. */
export function portfolioRow(model: string, run: Backtest): Row {
  const [net, gross] = [sharpe(run), sharpe({ dates: run.dates, returns: run.gross })];
  const years = run.dates.length / net.perYear;
  return {
    model,
    sharpe: net.annual,
    low: net.hac.interval.low,
    high: net.hac.interval.high,
    gross: gross.annual,
    return: net.perYear * mean(run.returns),
    cost: net.perYear * (mean(run.gross) - mean(run.returns)),
    turnover: sum(run.turnover) / years,
    ...{ perPeriod: net.perPeriod, n: net.n, skewness: net.skewness, kurtosis: net.kurtosis },
  };
}

/** The rows with the probability that the best of all recorded trials would have shown less by luck; without, where none was recorded, as of a slice. */
export function deflated(rows: readonly Row[], isRecorded: boolean): Row[] {
  return rows
    .map(({ perPeriod, n, skewness, kurtosis, ...row }): Row => {
      if (!isRecorded) return row;
      const moments = { perPeriod: Number(perPeriod), n: Number(n), skewness: Number(skewness), kurtosis: Number(kurtosis) };
      const { probability, benchmark, trials, recorded } = deflatedSharpeOf('week05-returns', moments);
      return { ...row, deflated: probability, luck: benchmark * Math.sqrt(252), different: trials, recorded };
    })
    .sort((a, b) => Number(b.sharpe) - Number(a.sharpe));
}
