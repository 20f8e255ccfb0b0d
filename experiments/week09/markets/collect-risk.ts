import type { Row } from '../../../src/base/index.js';
import { mean } from '../../../src/linalg/index.js';
import type { Finding } from '../../../src/report/index.js';
import { hacMean, proportionInterval } from '../../../src/stats/index.js';
import { christoffersen, kupiec } from '../../../src/trade/index.js';
import type { Fan, Risk } from './ask.js';
import { type Left, over, slug } from './left.js';

/** All test days, for who was asked on all of them; else the first span. */
const longest = (risk: readonly Risk[], came: Left['came'], model: string): string =>
  came.every(({ fold }) => risk.some((one) => one.model === model && one.fold === fold)) ? 'all' : came[0].fold;
const spanned = (span: string) => (span === 'all' ? '2005 to 2016' : span);

/** Value at risk by model, span, horizon and tail: of nets the mean of the seeds' values. */
export function riskTables(risk: readonly Risk[], came: Left['came'], numbers: Record<string, Finding>): Record<string, Row[]> {
  const models = [...new Set(risk.map(({ model }) => model))];
  const rows: Row[] = [];
  const regimes: Row[] = [];
  const losses: { span: string; horizon: number; tail: number; model: string; daily: Float64Array }[] = [];
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
          losses.push({ span, horizon, tail, model, daily: pinball });
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
  // Differences day by day of every model's loss from every other's: what two models share cancels.
  const compared = losses.flatMap(({ span, horizon, tail, model, daily }) =>
    losses
      .filter((one) => one.span === span && one.horizon === horizon && one.tail === tail && one.model !== model)
      .filter((one) => one.model === 'GARCH' || (span === 'all' && tail === 0.05))
      .map((other) => {
        const { mean: more, standardError: error, lags } = hacMean(daily.map((loss, t) => loss - other.daily[t]));
        return { span, horizon, tail, model, than: other.model, more, error, lags };
      }),
  );
  for (const { span, horizon, tail, model, than, more, error } of compared)
    if (than === 'GARCH' && tail === 0.05 && span === longest(risk, came, model))
      numbers[`more.${slug(model)}.${horizon}`] = {
        value: more,
        uncertainty: error,
        unit: '%',
        description: `loss of the ${horizon}-day 5 % quantile of ${model} less that of GARCH, ${spanned(span)}, HAC error`,
        tolerance: 3 * error,
      };
  return { risk: rows, regimes, compared };
}

/** Deviations by regime at the start, and quantiles by day, over all test days and seeds. */
export function fanTables(fans: readonly Fan[], numbers: Record<string, Finding>): Record<string, Row[]> {
  const deviations: Row[] = [];
  const quantiles: Row[] = [];
  for (const model of [...new Set(fans.map((fan) => fan.model))])
    for (const regime of ['calm', 'turbulent'] as const) {
      const own = fans.filter((fan) => fan.model === model && fan.regime === regime);
      const paths = own.reduce((sum, fan) => sum + fan.paths, 0);
      for (const [h, days] of [1, 10, 20].entries()) {
        const { deviation, error } = deviationOf(own, h, model === 'real' ? days : 1);
        deviations.push({ model, regime, days, deviation, error, paths });
        numbers[`deviation.${regime}.${days}.${slug(model)}`] = {
          value: deviation,
          uncertainty: error,
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

/** Root mean square in percent. Its error: between seeds where there are several, else from fourth powers, of as many paths as do not overlap. */
function deviationOf(fans: readonly Fan[], h: number, overlap: number): { deviation: number; error: number } {
  const meanOf = (own: readonly Fan[], of: 'squares' | 'fourths') =>
    own.reduce((sum, fan) => sum + fan[of][h], 0) / own.reduce((sum, fan) => sum + fan.paths, 0);
  const square = meanOf(fans, 'squares');
  const deviation = 100 * Math.sqrt(square);
  const seeds = [...new Set(fans.map(({ seed }) => seed))];
  if (seeds.length > 1) {
    const { spread } = over(
      seeds.map((seed) =>
        Math.sqrt(
          meanOf(
            fans.filter((fan) => fan.seed === seed),
            'squares',
          ),
        ),
      ),
    );
    return { deviation, error: (100 * spread) / Math.sqrt(seeds.length) };
  }
  const apart = fans.reduce((sum, fan) => sum + fan.paths, 0) / overlap;
  return { deviation, error: (100 * Math.sqrt((meanOf(fans, 'fourths') - square ** 2) / apart)) / (2 * Math.sqrt(square)) };
}
