import type { Row } from '../../../src/base/index.js';
import type { Finding } from '../../../src/report/index.js';
import type { StylisedFacts } from '../../../src/stats/index.js';
import type { Found } from '../../experiment.js';
import { fanTables, riskTables } from './collect-risk.js';
import type { Predicted } from './judge.js';
import { type Left, over, slug } from './left.js';

const finding = (of: ReturnType<typeof over>, description: string, unit = '1'): Finding => ({
  value: of.value,
  uncertainty: of.high > of.low ? [of.low, of.high] : 'none: one draw',
  ...{ unit, description },
  tolerance: Math.max(1e-9, 3 * (of.high - of.low)),
});

export function collect(parts: Readonly<Record<string, Found>>): Found {
  const found = Object.values(parts);
  const lefts = found.map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const all = <K extends 'draws' | 'memory' | 'predictive' | 'risk' | 'fans' | 'came' | 'nets' | 'memories'>(key: K): Left[K] =>
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
  yardsticks(all('predictive'), lefts.find((left) => left.discrepancies)!.discrepancies!, numbers);
  for (const { fold, memory } of all('memories'))
    numbers[`correlation.memory.${fold.slice(0, 4)}`] = {
      value: memory,
      uncertainty: 'none: the likeliest of a grid on the training days',
      unit: '1',
      description: `weight of the past of the moving correlation of shocks, ${fold}; 1 is a constant one`,
      tolerance: 0.01,
    };
  const tables = {
    facts: factsOf(all('draws'), bands, numbers),
    scores: scoresOf(all('draws'), all('memory'), numbers),
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

/** What scores are read beside: who was fitted on real windows, and the discrepancy of equal laws. */
function yardsticks(real: readonly Predicted[], discrepancies: readonly number[], numbers: Record<string, Finding>): void {
  const who = { net: 'nets trained on', medians: 'medians of', runningMean: 'running means of sizes, times a factor fitted on,' } as const;
  for (const [name, words] of Object.entries(who))
    numbers[`predictive.${name === 'net' ? 'real' : name}`] = finding(
      over(real.map((one) => one[name as keyof Predicted])),
      `predictive score of ${words} real windows`,
    );
  // Ranks about that of the quantile: a binomial law's 95 %.
  const n = discrepancies.length;
  const rank = (z: number) => discrepancies[Math.max(0, Math.min(n - 1, Math.round(0.95 * n + z * Math.sqrt(0.95 * 0.05 * n)) - 1))];
  numbers['mmd.equal'] = {
    value: rank(0),
    uncertainty: [rank(-1.96), rank(1.96)],
    unit: '1',
    description: `what the mean MMD² of draws exceeds in one case of twenty if maker and market are one law, by ${n} cases of blocks of training days`,
    tolerance: rank(1.96) - rank(-1.96),
  };
}

function scoresOf(draws: Left['draws'], memory: Left['memory'], numbers: Record<string, Finding>): Row[] {
  const models = [...new Set([...draws.map(({ model }) => model), ...memory.map(({ model }) => model)])];
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
      accuracy: own.map(({ within }) => (within.real + within.made) / 2),
      accuracyLater: own.map(({ later }) => (later.real + later.made) / 2),
      within: own.map(({ within }) => within.score),
      withinReal: own.map(({ within }) => within.real),
      withinMade: own.map(({ within }) => within.made),
      later: own.map(({ later }) => later.score),
      laterReal: own.map(({ later }) => later.real),
      laterMade: own.map(({ later }) => later.made),
      predictive: own.map(({ predictive }) => predictive),
      mmd: own.map(({ discrepancy }) => discrepancy),
    };
    for (const [name, values] of Object.entries(measures)) {
      const { value, low, high } = over(values);
      Object.assign(row, { [name]: value, [`${name}Low`]: low, [`${name}High`]: high });
      numbers[`${name}.${slug(model)}`] = finding(over(values), `${name} of ${model}, mean of ${own.length} draws`);
    }
    return row;
  });
}
