import type { Row } from '../../../src/base/index.js';
import { mean, standardDeviation } from '../../../src/linalg/index.js';
import type { Finding } from '../../../src/report/index.js';
import { confidenceInterval, hacMean, holm, pairedBootstrap, studentT } from '../../../src/stats/index.js';
import { key } from '../../../src/tensor/index.js';
import { deflatedSharpeOf, drawdowns, maximumDrawdown, sharpe, trialsOf } from '../../../src/trade/index.js';
import type { Found } from '../../experiment.js';
import type { UniverseFound } from './universe.js';

/*
 * What portfolios earned, told with its uncertainty.
 */

/** Months of a block of the bootstrap, on average. */
export const BLOCK = 6;
const MEASURES = {
  mean: (x: Float64Array) => 1200 * mean(x),
  sharpe: (x: Float64Array) => (Math.sqrt(12) * mean(x)) / standardDeviation(x),
};

/** The difference of a portfolio and another, in mean (% a year) and in Sharpe ratio (a year), by blocks of the same months. */
export function differences(own: readonly number[], other: readonly number[]) {
  const of = (name: keyof typeof MEASURES) =>
    pairedBootstrap(MEASURES[name], { model: own, benchmark: other }, { key: key(10), block: BLOCK });
  return { mean: of('mean'), sharpe: of('sharpe') };
}

/** Columns of a difference. */
function columns(own: readonly number[], other: readonly number[]): Row {
  const { mean: m, sharpe: s } = differences(own, other);
  return {
    ...{ mean: m.estimate, meanLow: m.low, meanHigh: m.high, meanP: m.pValue },
    ...{ sharpe: s.estimate, sharpeLow: s.low, sharpeHigh: s.high, sharpeP: s.pValue },
  };
}

export const RIVALS = ['1/N', 'minimum variance', 'risk parity', 'closed forms', 'momentum alone', 'hybrid'];
const PERIODS: Record<string, [string, string]> = {
  '2000 to 2002': ['2000-01', '2002-12'],
  '2008': ['2008-01', '2008-12'],
  '2020': ['2020-01', '2020-12'],
  '2022': ['2022-01', '2022-12'],
};

/** Numbers and tables of a universe; its name stands before each. */
export function told(name: string, found: UniverseFound, log?: string): Found {
  const { months, portfolios, seeds, ranks, qlike, losses, unanswered, trials } = found;
  const net = (one: string) => portfolios[one].net;
  const span = `${months[0]} to ${months[months.length - 1]}`;
  const paired = `paired bootstrap of months, blocks of ${BLOCK} on average, ${span}`;
  const against = (label: string, other: string): Record<string, Finding> => {
    const { mean: m, sharpe: s } = differences(net('hybrid'), net(other));
    return {
      [`${name}.${label}mean`]: {
        ...{ value: m.estimate, uncertainty: [m.low, m.high], unit: '% a year', tolerance: 0.5 },
        description: `${name}: hybrid less ${other}, mean return after costs; ${paired}`,
      },
      [`${name}.${label}sharpe`]: {
        ...{ value: s.estimate, uncertainty: [s.low, s.high], unit: '1', tolerance: 0.05 },
        description: `${name}: hybrid less ${other}, Sharpe ratio a year; ${paired}`,
      },
    };
  };
  const bySeed = seeds.map((one) => MEASURES.mean(Float64Array.from(one, (r, t) => r - net('1/N')[t])));
  const seedError = standardDeviation(Float64Array.from(bySeed)) / Math.sqrt(bySeed.length);
  const half = studentT(bySeed.length - 1).quantile(0.975) * seedError;
  const numbers: Record<string, Finding> = {
    ...against('', '1/N'),
    ...against('closed-', 'closed forms'),
    [`${name}.seeds`]: {
      ...{ value: mean(bySeed), uncertainty: [mean(bySeed) - half, mean(bySeed) + half], unit: '% a year', tolerance: 0.5 },
      description: `${name}: hybrid of one seed less 1/N, mean over ${bySeed.length} seeds with Student's interval over them, the months as they are`,
    },
    [`${name}.months`]: {
      value: months.length,
      uncertainty: 'exact: a count',
      unit: '1',
      tolerance: 0,
      description: `${name}: months traded`,
    },
    [`${name}.unanswered`]: {
      ...{ value: unanswered.length, uncertainty: 'exact: a count', unit: '1', tolerance: 20 },
      description: `${name}: programs that HiGHS had no answer to, and that were solved by splitting`,
    },
    ...deflation(name, net('hybrid'), net('1/N'), log),
  };
  return {
    numbers,
    trials,
    tables: {
      [`${name}.portfolios`]: RIVALS.map((one) => levels(one, portfolios[one], net('1/N'))),
      [`${name}.ablation`]: ablation(found),
      [`${name}.periods`]: periods(found),
      [`${name}.skill`]: Object.entries(ranks).map(([view, values]) => ({ view, ...interval(values) })),
      [`${name}.qlike`]: Object.entries(qlike).map(([model, values]) => ({ model, ...interval(values), ...overGamma(qlike, model) })),
      [`${name}.monthly`]: months.map((month, t) => ({ month, ...Object.fromEntries(RIVALS.map((one) => [one, net(one)[t]])) })),
      [`${name}.seeds`]: bySeed.map((value, s) => ({ seed: s + 1, mean: value })),
    },
    pinned: Object.fromEntries([
      ...Object.entries(losses).map(([net, loss]) => [`${name}.${net}`, loss]),
      ...Object.entries(qlike).map(([model, values]) => [`${name}.${model}`, mean(values)]),
      ...['1/N', 'risk parity'].map((one) => [`${name}.${one}`, mean(net(one))]),
    ]),
  };
}

/** Every other configuration less the hybrid; p-values of the means are corrected by Holm's for all of them. */
function ablation({ portfolios, trust }: UniverseFound): Row[] {
  const names = Object.keys(trust).filter((one) => one !== 'hybrid');
  const rows = names.map((one) => columns(portfolios[one].net, portfolios.hybrid.net));
  const corrected = holm(rows.map(({ meanP }) => Number(meanP)));
  return names.map((portfolio, i) => ({
    portfolio,
    ...rows[i],
    holm: corrected[i],
    turnover: 12 * mean(portfolios[portfolio].turnover),
    trust: mean(trust[portfolio]),
  }));
}

/** A mean over months with its HAC interval. */
function interval(values: readonly number[]): Row {
  const { mean: value, interval: own } = hacMean(values);
  return { value, low: own.low, high: own.high };
}

/** How much a forecast of variances loses less than the gamma regression with the graph. */
function overGamma(qlike: UniverseFound['qlike'], model: string): Row {
  const rival = qlike['gamma regression with the graph'];
  const gain = qlike[model].map((value, t) => rival[t] - value);
  if (gain.every((value) => value === 0)) return {};
  const { mean: value, interval: own } = hacMean(gain);
  return { gain: value, gainLow: own.low, gainHigh: own.high };
}

function levels(portfolio: string, { net, gross, turnover }: UniverseFound['portfolios'][string], reference: readonly number[]): Row {
  const own = sharpe(Float64Array.from(net), { perYear: 12 });
  return {
    portfolio,
    return: 1200 * mean(net),
    volatility: 100 * Math.sqrt(12) * standardDeviation(Float64Array.from(net)),
    level: own.annual,
    levelLow: own.hac.interval.low,
    levelHigh: own.hac.interval.high,
    drawdown: 100 * maximumDrawdown(Float64Array.from(net)).value,
    turnover: 12 * mean(turnover),
    cost: 1200 * (mean(gross) - mean(net)),
    ...(portfolio !== '1/N' && columns(net, reference)),
  };
}

/** Whole returns and falls of the years that are asked for, where they are there. */
function periods({ months, portfolios }: UniverseFound): Row[] {
  return Object.entries(PERIODS).flatMap(([period, [from, to]]) => {
    const [begin, end] = [months.indexOf(from), months.indexOf(to)];
    if (begin < 0 || end < 0) return [];
    return RIVALS.map((portfolio) => {
      const own = Float64Array.from(portfolios[portfolio].net.slice(begin, end + 1));
      const total = own.reduce((grown, r) => grown * (1 + r), 1) - 1;
      return { period, portfolio, return: 100 * total, drawdown: 100 * Math.min(0, ...drawdowns(own)) };
    });
  });
}

/** The chance that the best of all recorded trials would have beaten 1/N by less, by luck: of what the hybrid earned above it. */
function deflation(name: string, own: readonly number[], reference: readonly number[], log?: string): Record<string, Finding> {
  if (!log || trialsOf(log).length === 0) return {};
  const above = sharpe(
    Float64Array.from(own, (r, t) => r - reference[t]),
    { perYear: 12 },
  );
  const { probability, benchmark, trials, recorded } = deflatedSharpeOf(log, above);
  const { low, high } = confidenceInterval(above.annual, above.hac.standardError);
  return {
    [`${name}.information`]: {
      ...{ value: above.annual, uncertainty: [low, high], unit: '1', tolerance: 0.05 },
      description: `${name}: Sharpe ratio a year of what the hybrid earns above 1/N, HAC interval`,
    },
    [`${name}.luck`]: {
      ...{ value: benchmark * Math.sqrt(12), uncertainty: 'none: expected of the best of the trials', unit: '1', tolerance: 0.05 },
      description: `${name}: what the best of ${trials} different trials shows by luck, of ${recorded} recorded`,
    },
    [`${name}.deflated`]: {
      ...{ value: probability, uncertainty: 'none: a probability under its model', unit: '1', tolerance: 0.05 },
      description: `${name}: deflated Sharpe ratio of what the hybrid earns above 1/N`,
    },
    [`${name}.recorded`]: {
      ...{ value: recorded, uncertainty: 'exact: a count', unit: '1', tolerance: 0 },
      description: `${name}: trials that were recorded`,
    },
  };
}
