import { mean, standardDeviation } from '../../../src/linalg/index.js';
import { type Finding, verdict } from '../../../src/report/index.js';
import { bootstrap, hacMean, pairedBootstrap } from '../../../src/stats/index.js';
import { fold, key } from '../../../src/tensor/index.js';
import type { Judged } from './covariance.js';
import { coverage } from './coverage.js';
import type { Universe } from './task.js';

/** What one model said of the tests. */
export interface Column {
  readonly model: string;
  /** 0 of a closed form. */
  readonly seed: number;
  /** log h + y / h by month, averaged over assets. */
  readonly qlike: readonly number[];
}

/** What a part leaves. */
export interface Left {
  readonly universe: Universe;
  readonly dates: readonly string[];
  /** By month. */
  readonly days: readonly number[];
  readonly assets: number;
  readonly columns: Column[];
  /** What each covariance came to. */
  readonly portfolios: (Judged & { readonly model: string })[];
  readonly links: Readonly<Record<string, number>>;
}

type Numbers = Record<string, Finding>;
type Tables = Record<string, readonly Readonly<Record<string, string | number | boolean>>[]>;
const DRAWS = 999;

/** The numbers and tables of all parts. */
export function told(all: readonly Left[], choices: number): { readonly numbers: Numbers; readonly tables: Tables } {
  const [numbers, tables]: [Numbers, Tables] = [{}, {}];
  for (const universe of ['stocks', 'funds'] as const) {
    const left = all.filter((one) => one.universe === universe);
    if (left.length < 2) continue;
    const [{ dates, days, links, assets }] = left;
    const count = (value: number, description: string): Finding => ({
      value,
      uncertainty: 'exact: a count',
      unit: '1',
      description,
      tolerance: 0,
    });
    numbers[`${universe}.months`] = count(dates.length, `months of tests, ${universe}, ${dates[0]} to ${dates.at(-1)}`);
    numbers[`${universe}.assets`] = count(assets, `how many ${universe}`);
    tables[`${universe}Graphs`] = Object.entries(links).map(([graph, degree]) => ({ graph, 'mean links of an asset': degree }));
    const columns = left.flatMap((one) => one.columns);
    const portfolios = left.flatMap((one) => one.portfolios);
    const add = { universe, numbers, tables };
    volatility(add, dates, columns);
    neighbours(add, dates, columns);
    judged(add, dates, columns, choices);
    covariances(add, portfolios);
    tables[`${universe}Coverage`] = coverage(days, portfolios);
  }
  return { numbers, tables };
}

interface Add {
  readonly universe: Universe;
  readonly numbers: Numbers;
  readonly tables: Tables;
}

const isNet = (columns: readonly Column[], model: string) => columns.some((one) => one.model === model && one.seed > 0);
const seedsOf = (columns: readonly Column[], model: string) => columns.filter((one) => one.model === model);
const modelsOf = (columns: readonly Column[]) => [...new Set(columns.map(({ model }) => model))];
/** Losses by month [M], a net's averaged over its seeds. */
const lossesOf = (columns: readonly Column[], model: string, months: number) =>
  Array.from({ length: months }, (_, k) => mean(seedsOf(columns, model).map(({ qlike }) => qlike[k])));

/** The loss of each, and what it saves of HAR's. */
function volatility({ universe, numbers, tables }: Add, dates: readonly string[], columns: readonly Column[]): void {
  const har = lossesOf(columns, 'HAR', dates.length);
  const rows = modelsOf(columns).map((model, m) => {
    const losses = lossesOf(columns, model, dates.length);
    const gain = pairedBootstrap(mean, { model: har, benchmark: losses }, { key: fold(key(71), m), block: 6, draws: DRAWS });
    const slug = slugOf(model);
    numbers[`${universe}.qlike.${slug}`] = {
      value: mean(losses),
      uncertainty: hacMean(losses).standardError,
      unit: 'nats',
      description: `QLIKE of next month's variance, ${universe}, ${model}`,
      tolerance: 0.01,
    };
    numbers[`${universe}.gain.${slug}`] = {
      value: gain.estimate,
      uncertainty: [gain.low, gain.high],
      unit: 'nats',
      description: `QLIKE that ${model} saves of HAR's, ${universe}, paired blocks of 6 months`,
      tolerance: 0.01,
    };
    return {
      model,
      seeds: isNet(columns, model) ? seedsOf(columns, model).length : 0,
      QLIKE: mean(losses),
      'less than HAR': gain.estimate,
      from: gain.low,
      to: gain.high,
    };
  });
  tables[`${universe}Volatility`] = rows.sort((a, b) => a.QLIKE - b.QLIKE);
}

/** What each graph network saves beyond the linear filter of the same neighbours, and beyond the net that sees none. */
function neighbours({ universe, numbers, tables }: Add, dates: readonly string[], columns: readonly Column[]): void {
  const nets = modelsOf(columns).filter((model) => model.includes(' over '));
  tables[`${universe}Neighbours`] = nets.flatMap((model, m) => {
    const graph = model.split(' over ')[1];
    return [`HAR and ${graph}`, 'MLP'].map((rival, r) => {
      const series = { model: lossesOf(columns, rival, dates.length), benchmark: lossesOf(columns, model, dates.length) };
      const saved = pairedBootstrap(mean, series, { key: fold(fold(key(75), m), r), block: 6, draws: DRAWS });
      numbers[`${universe}.beyond-${r === 0 ? 'filter' : 'MLP'}.${slugOf(model)}`] = {
        value: saved.estimate,
        uncertainty: [saved.low, saved.high],
        unit: 'nats',
        description: `QLIKE that ${model} saves beyond ${rival}, ${universe}, paired blocks of 6 months`,
        tolerance: 0.01,
      };
      return { model, beside: rival, saves: saved.estimate, from: saved.low, to: saved.high };
    });
  });
}

function judged({ universe, numbers, tables }: Add, dates: readonly string[], columns: readonly Column[], choices: number): void {
  const models = modelsOf(columns);
  const [closed, nets] = [models.filter((model) => !isNet(columns, model)), models.filter((model) => isNet(columns, model))];
  const {
    sentence,
    pays,
    benchmark,
    net,
    numbers: found,
  } = verdict(
    {
      dates,
      closedForms: Object.fromEntries(closed.map((model) => [model, lossesOf(columns, model, dates.length)])),
      nets: Object.fromEntries(nets.map((model) => [model, seedsOf(columns, model).map(({ qlike }) => qlike)])),
    },
    { key: key(72), loss: 'QLIKE', trials: models.length + choices },
  );
  tables[`${universe}Verdict`] = [{ sentence, pays, benchmark, net }];
  numbers[`${universe}.verdict.gain`] = found.gain;
}

/** The portfolio of least variance and the loss of each covariance, beside those of Ledoit and Wolf. */
function covariances({ universe, numbers, tables }: Add, portfolios: Left['portfolios']): void {
  const yearly = (returns: ArrayLike<number>) => 100 * Math.sqrt(252) * standardDeviation(Float64Array.from(returns));
  const benchmark = portfolios.find(({ model }) => model === 'Ledoit–Wolf')!;
  const rows = portfolios.map(({ model, minimum, loss }, m) => {
    const at = fold(key(73), m);
    const beyond = pairedBootstrap(yearly, { model: minimum, benchmark: benchmark.minimum }, { key: fold(at, 0), block: 21, draws: 299 });
    const saved = pairedBootstrap(mean, { model: benchmark.loss, benchmark: loss }, { key: fold(at, 1), block: 6, draws: DRAWS });
    const slug = slugOf(model);
    numbers[`${universe}.minimum.${slug}`] = {
      value: beyond.model,
      uncertainty: bootstrap((days) => yearly(Float64Array.from(days, (t) => minimum[t])), minimum.length, {
        key: fold(at, 2),
        block: 21,
        draws: 99,
      }).standardError,
      unit: '%',
      description: `volatility a year of the portfolio of least variance, ${universe}, ${model}`,
      tolerance: 0.2,
    };
    numbers[`${universe}.beyond.${slug}`] = {
      value: beyond.estimate,
      uncertainty: [beyond.low, beyond.high],
      unit: 'points',
      description: `volatility a year beyond that of Ledoit and Wolf's, ${universe}, ${model}, paired blocks of 21 days`,
      tolerance: 0.2,
    };
    numbers[`${universe}.matrix.${slug}`] = {
      value: saved.estimate,
      uncertainty: [saved.low, saved.high],
      unit: 'nats',
      description: `QLIKE of the covariance, by asset, that ${model} saves of Ledoit and Wolf's, ${universe}, paired blocks of 6 months`,
      tolerance: 0.01,
    };
    return {
      model,
      'volatility (% a year)': beyond.model,
      'beyond Ledoit–Wolf': beyond.estimate,
      from: beyond.low,
      to: beyond.high,
      'covariance QLIKE saved': saved.estimate,
      'saved from': saved.low,
      'saved to': saved.high,
    };
  });
  tables[`${universe}Covariance`] = rows.sort((a, b) => a['volatility (% a year)'] - b['volatility (% a year)']);
}

export const slugOf = (model: string): string => model.replace('Ledoit–Wolf', 'Ledoit-Wolf').replace(/[^A-Za-z]+/g, '-');
