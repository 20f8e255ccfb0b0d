import type { Row } from '../../../src/base/index.js';
import { mean, standardDeviation } from '../../../src/linalg/index.js';
import type { Finding } from '../../../src/report/index.js';
import {
  hacMean,
  type Memorisation,
  proportionInterval,
  type StylisedFacts,
  studentT,
  type stylisedFactBands,
} from '../../../src/stats/index.js';
import { christoffersen, kupiec } from '../../../src/trade/index.js';
import type { Found } from '../../experiment.js';
import type { Draw, Fan, Risk } from './judge.js';

/** What a part leaves: text, so that it travels. */
export interface Left {
  bands?: ReturnType<typeof stylisedFactBands> & { readonly block: number };
  readonly draws: (Draw & { readonly model: string; readonly seed: number })[];
  readonly memory: (Pick<Memorisation, 'nearer' | 'copied' | 'memorises'> & { readonly model: string })[];
  /** Of nets trained on real windows. */
  readonly predictive: number[];
  readonly risk: Risk[];
  readonly fans: Fan[];
  readonly came: {
    readonly fold: string;
    readonly dates: readonly string[];
    readonly one: readonly number[];
    readonly ten: readonly number[];
    readonly regimes: readonly number[];
    readonly regimesOfTen: readonly number[];
  }[];
  readonly nets: {
    readonly model: string;
    readonly seed: number;
    readonly fold: string;
    readonly factor: number;
    readonly critic: number;
    readonly generator: number;
  }[];
  readonly trials: number;
}

const slug = (name: string) => name.replace(/\s+/g, '-');

/** A mean over draws or seeds with the interval of Student's law. */
function over(values: readonly number[]): { value: number; low: number; high: number; spread: number } {
  const value = mean(values);
  if (values.length < 2) return { value, low: value, high: value, spread: 0 };
  const spread = standardDeviation(values);
  const reach = (studentT(values.length - 1).quantile(0.975) * spread) / Math.sqrt(values.length);
  return { value, low: value - reach, high: value + reach, spread };
}

const finding = (of: ReturnType<typeof over>, description: string, unit = '1'): Finding => ({
  value: of.value,
  uncertainty: of.high > of.low ? [of.low, of.high] : 'none: one draw',
  ...{ unit, description },
  tolerance: Math.max(1e-9, 3 * (of.high - of.low)),
});

export function collect(parts: Readonly<Record<string, Found>>): Found {
  const found = Object.values(parts);
  const lefts = found.map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const all = <K extends 'draws' | 'memory' | 'risk' | 'fans' | 'came' | 'nets'>(key: K): Left[K] =>
    lefts.flatMap((left) => left[key] as never[]) as Left[K];
  const numbers: Record<string, Finding> = {};
  const bands = lefts.find((left) => left.bands)!.bands!;
  numbers.block = {
    value: bands.block,
    uncertainty: 'none: by a rule',
    unit: 'days',
    description: 'mean block length by the rule of Politis and White for the sizes of returns',
    tolerance: 0.01,
  };
  const tables = {
    facts: factsOf(all('draws'), bands, numbers),
    scores: scoresOf(all('draws'), all('memory'), lefts.find((left) => left.predictive.length > 0)!.predictive, numbers),
    ...riskTables(all('risk'), all('came'), numbers),
    ...fanTables(all('fans'), numbers),
    nets: all('nets').map((row): Row => ({ ...row })),
  };
  return {
    numbers,
    tables,
    trials: found.reduce((sum, { trials = 1 }) => sum + trials, 0),
    pinned: Object.assign({}, ...found.map(({ pinned }) => pinned)),
    minutes: Object.assign({}, ...found.map(({ minutes }) => minutes)),
  };
}

/** Every stylised fact of every maker beside the band of the real sample. */
function factsOf(draws: Left['draws'], bands: NonNullable<Left['bands']>, numbers: Record<string, Finding>): Row[] {
  const models = [...new Set(draws.map(({ model }) => model))];
  const names = Object.keys(draws[0].facts) as (keyof StylisedFacts)[];
  for (const name of names) {
    const { estimate, low, high } = bands[name];
    numbers[`facts.${name}.real`] = {
      value: estimate,
      uncertainty: [low, high],
      unit: '1',
      description: `${name} of the training days, with its block-bootstrap interval`,
      tolerance: 1e-6,
    };
  }
  return models.flatMap((model) => {
    const own = draws.filter((draw) => draw.model === model);
    let inside = 0;
    const rows = names.map((fact): Row => {
      const made = over(own.map(({ facts }) => facts[fact]));
      const { estimate, low, high } = bands[fact];
      const within = made.value >= low && made.value <= high;
      inside += Number(within);
      numbers[`facts.${fact}.${slug(model)}`] = finding(
        made,
        `${fact} of ${model}, mean of ${own.length} paths as long as the training days`,
      );
      return {
        fact,
        model,
        real: estimate,
        bandLow: low,
        bandHigh: high,
        made: made.value,
        low: made.low,
        high: made.high,
        inside: within,
      };
    });
    numbers[`inside.${slug(model)}`] = {
      value: inside,
      uncertainty: 'exact: a count',
      unit: '1',
      description: `stylised facts of ${names.length} whose mean over paths of ${model} lies in the band of the real sample`,
      tolerance: 1,
    };
    return rows;
  });
}

function scoresOf(draws: Left['draws'], memory: Left['memory'], real: readonly number[], numbers: Record<string, Finding>): Row[] {
  const models = [...new Set([...draws.map(({ model }) => model), ...memory.map(({ model }) => model)])];
  numbers['predictive.real'] = finding(over(real), 'predictive score of nets trained on real windows');
  return models.map((model): Row => {
    const own = draws.filter((draw) => draw.model === model);
    const { nearer, copied, memorises } = memory.find((one) => one.model === model)!;
    numbers[`nearer.${slug(model)}`] = {
      value: nearer.area,
      uncertainty: [nearer.low, nearer.high],
      unit: '1',
      description: `chance that a window of ${model} is nearer to training than training to itself`,
      tolerance: 0.05,
    };
    numbers[`copied.${slug(model)}`] = {
      value: copied.share,
      uncertainty: [copied.low, copied.high],
      unit: '1',
      description: `share of windows of ${model} nearer to training than 95 % of training to itself`,
      tolerance: 0.05,
    };
    const row: Record<string, Row[string]> = {
      model,
      nearer: nearer.area,
      nearerLow: nearer.low,
      nearerHigh: nearer.high,
      copied: copied.share,
      copiedLow: copied.low,
      copiedHigh: copied.high,
      memorises,
    };
    if (own.length === 0) return row;
    const measures = {
      within: own.map(({ within }) => within.score),
      withinReal: own.map(({ within }) => within.real),
      withinMade: own.map(({ within }) => within.made),
      later: own.map(({ later }) => later.score),
      laterReal: own.map(({ later }) => later.real),
      laterMade: own.map(({ later }) => later.made),
      predictive: own.map(({ predictive }) => predictive),
      mmd: own.map(({ discrepancy }) => discrepancy.squared),
    };
    for (const [name, values] of Object.entries(measures)) {
      const { value, low, high } = over(values);
      Object.assign(row, { [name]: value, [`${name}Low`]: low, [`${name}High`]: high });
      numbers[`${name}.${slug(model)}`] = finding(over(values), `${name} of ${model}, mean of ${own.length} draws`);
    }
    row.mmdNull = 1.645 * mean(own.map(({ discrepancy }) => discrepancy.nullError));
    return row;
  });
}

/** All test days, for who was asked on all of them; else the first span. */
const longest = (risk: readonly Risk[], came: Left['came'], model: string): string =>
  came.every(({ fold }) => risk.some((one) => one.model === model && one.fold === fold)) ? 'all' : came[0].fold;
const spanned = (span: string) => (span === 'all' ? '2005 to 2016' : span);

/** Value at risk by model, span, horizon and tail: of nets the mean of the seeds' values. */
function riskTables(risk: readonly Risk[], came: Left['came'], numbers: Record<string, Finding>): Record<string, Row[]> {
  const models = [...new Set(risk.map(({ model }) => model))];
  const rows: Row[] = [];
  const regimes: Row[] = [];
  const losses: Record<string, Float64Array> = {};
  const spans = [
    { span: came[0].fold, folds: [came[0]] },
    { span: 'all', folds: came },
  ];
  for (const { span, folds } of spans)
    for (const horizon of [1, 10])
      for (const tail of [0.05, 0.01])
        for (const model of models) {
          const pick = (seed?: number) =>
            folds.map(({ fold }) => {
              const own = risk.filter(
                (one) =>
                  one.model === model &&
                  one.fold === fold &&
                  one.horizon === horizon &&
                  one.tail === tail &&
                  (seed === undefined || one.seed === seed),
              );
              return own.length === 0 ? undefined : own[0].values.map((_, t) => mean(own.map(({ values }) => values[t])));
            });
          const values = pick();
          if (values.some((one) => !one)) continue;
          const returns = folds.flatMap(({ one, ten }) => (horizon === 1 ? one : ten));
          const at = (values as number[][]).flat();
          const fell = returns.slice(0, at.length).map((r, t) => r < -at[t]);
          const { rate, exceptions, n, pValue } = kupiec(fell, tail);
          const { independence, conditionalCoverage } = christoffersen(fell, tail);
          // Koenker and Bassett's loss of a quantile, in percent.
          const pinball = Float64Array.from(at, (v, t) => 100 * (tail - Number(returns[t] < -v)) * (returns[t] + v));
          losses[`${span}.${horizon}.${tail}.${model}`] = pinball;
          const seeds = [...new Set(risk.filter((one) => one.model === model).map(({ seed }) => seed))];
          const rates = seeds.map((seed) => {
            const own = (pick(seed) as number[][]).flat();
            return mean(returns.slice(0, own.length).map((r, t) => Number(r < -own[t])));
          });
          rows.push({
            span,
            horizon,
            tail,
            model,
            n,
            exceptions,
            rate,
            leastOfSeeds: Math.min(...rates),
            mostOfSeeds: Math.max(...rates),
            kupiec: pValue,
            independence: independence.pValue,
            conditional: conditionalCoverage.pValue,
            loss: mean(pinball),
          });
          const interval = proportionInterval(exceptions, n);
          if (span === longest(risk, came, model)) {
            const suffix = horizon === 1 && tail === 0.05 ? slug(model) : `${slug(model)}.${horizon}.${tail}`;
            numbers[`rate.${suffix}`] = {
              value: rate,
              uncertainty: interval,
              unit: '1',
              description: `share of ${horizon}-day returns below the value at risk of ${model} at ${tail}, ${spanned(span)}`,
              tolerance: 0.01,
            };
          }
          if (horizon === 1 && tail === 0.05) {
            const regime = folds.flatMap((fold) => fold.regimes);
            for (const [third, name] of ['calm', 'usual', 'turbulent'].entries()) {
              const own = fell.filter((_, t) => regime[t] === third);
              if (own.length === 0) continue;
              const hits = own.filter(Boolean).length;
              const wilson = proportionInterval(hits, own.length);
              regimes.push({ span, model, regime: name, n: own.length, rate: hits / own.length, low: wilson.low, high: wilson.high });
            }
            const dates = folds.flatMap((fold) => fold.dates);
            const crisis = fell.filter((_, t) => dates[t] >= '2008-09-15' && dates[t] <= '2008-12-31');
            const wilson = proportionInterval(crisis.filter(Boolean).length, crisis.length || 1);
            if (crisis.length > 0)
              regimes.push({
                span,
                model,
                regime: 'crisis',
                n: crisis.length,
                rate: crisis.filter(Boolean).length / crisis.length,
                low: wilson.low,
                high: wilson.high,
              });
          }
        }
  const compared = Object.entries(losses).map(([key, own]): Row => {
    const [span, horizon, ...rest] = key.split('.');
    const [tail, model] = [`0.${rest[1]}`, rest.slice(2).join('.')];
    const base = losses[`${span}.${horizon}.${tail}.GARCH`];
    if (model === 'GARCH') return { span, horizon: Number(horizon), tail: Number(tail), model, loss: mean(own), more: 0, error: 0 };
    const { mean: more, standardError } = hacMean(own.map((loss, t) => loss - base[t]));
    return { span, horizon: Number(horizon), tail: Number(tail), model, loss: mean(own), more, error: standardError };
  });
  for (const { span, horizon, tail, model, more, error } of compared)
    if (model !== 'GARCH' && tail === 0.05 && span === longest(risk, came, String(model)))
      numbers[`more.${slug(String(model))}.${horizon}`] = {
        value: Number(more),
        uncertainty: Number(error),
        unit: '%',
        description: `loss of the ${horizon}-day 5 % quantile of ${model} less that of GARCH, ${spanned(String(span))}, HAC error`,
        tolerance: 3 * Number(error),
      };
  return { risk: rows, regimes, compared };
}

/** Deviations by regime at the start, and quantiles by day, over all test days and seeds. */
function fanTables(fans: readonly Fan[], numbers: Record<string, Finding>): Record<string, Row[]> {
  const deviations: Row[] = [];
  const quantiles: Row[] = [];
  for (const model of [...new Set(fans.map((fan) => fan.model))])
    for (const regime of ['calm', 'turbulent'] as const) {
      const own = fans.filter((fan) => fan.model === model && fan.regime === regime);
      const paths = own.reduce((sum, fan) => sum + fan.paths, 0);
      for (const [h, days] of [1, 10, 20].entries()) {
        const deviation = 100 * Math.sqrt(own.reduce((sum, fan) => sum + fan.squares[h], 0) / paths);
        // Windows of real days overlap: as many count as lie apart, and squares of fat tails scatter as those of a kurtosis of 6.
        const error = model === 'real' ? (deviation * Math.sqrt(5 / (paths / days))) / 2 : 0;
        deviations.push({ model, regime, days, deviation, error, paths });
        numbers[`deviation.${regime}.${days}.${slug(model)}`] = {
          value: deviation,
          uncertainty: error || 'none: of thousands of paths',
          unit: '%',
          description: `root mean square of the portfolio over ${days} days that begin ${regime}, ${model}, test days`,
          tolerance: 0.3 * deviation,
        };
      }
      for (let t = 0; t < own[0].quantiles.length; t++) {
        const at = (k: number) => 100 * own.reduce((sum, fan) => sum + (fan.paths / paths) * fan.quantiles[t][k], 0);
        quantiles.push({ model, regime, day: t + 1, q05: at(0), q25: at(1), q50: at(2), q75: at(3), q95: at(4) });
      }
    }
  return { deviations, quantiles };
}
