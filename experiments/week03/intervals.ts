import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean } from '../../src/linalg/index.js';
import { type Finding, type Row, verdict } from '../../src/report/index.js';
import { hacMean } from '../../src/stats/index.js';
import { fold as foldKey, key } from '../../src/tensor/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { overSeeds } from './digits/over-seeds.js';
import { closedForms } from './laws/closed.js';
import { KINDS, netOn } from './laws/nets.js';
import { folds, loadTask, TARGETS, type Target, type Task } from './laws/panel.js';
import { COVERAGES, score } from './laws/score.js';

const SEEDS = [1, 2, 3];
const TARGET_NAMES = Object.keys(TARGETS) as Target[];
const TITLES: Record<string, string> = { ensemble: 'ensemble', dropout: 'MC dropout', meanField: 'mean field' };

/** Losses and hits of one model by date, of all folds in turn. */
interface Column {
  model: string;
  target: Target;
  /** 0 in closed form. */
  seed: number;
  losses: number[];
  within: number[][];
}
/** What a part leaves for `collect`. */
interface Left {
  columns: Column[];
  dates: Record<string, string[]>;
  ratios: Record<string, number[]>;
  doubts: Record<string, number[]>;
}

const experiment: Experiment = {
  name: 'week03/intervals',
  about: 'Forecast laws of the next day and of the next week of twenty stocks: uncertain nets beside rivals in closed form, 2001 to 2016.',
  seed: 3,
  data: ['skfolio/sp500-stocks'],
  parts: ['closed', ...Object.keys(KINDS)],
  sanity: { 'returns.gamma-regression.crps': { atMost: 1.1 }, 'returns.gamma-regression.coverage90': { atLeast: 0.8, atMost: 0.97 } },
  async run(options) {
    const task = await loadTask(options.quick ? 5 : 20);
    const left: Left = { columns: [], dates: {}, ratios: {}, doubts: {} };
    const pinned: Record<string, number> = {};
    let [minutes, trials] = [0, 0];
    for (const target of TARGET_NAMES)
      for (const [f] of folds(task, target, options.quick).entries())
        for (const seed of options.part === 'closed' ? [0] : options.quick ? SEEDS.slice(0, 2) : SEEDS) {
          const found = await kept(options, `${target}-${f}-${seed}`, () => measured(task, target, f, seed, options));
          append(left, found.left);
          for (const [name, value] of Object.entries(found.pinned)) pinned[`${target}.${name}.${f}.${seed}`] = value;
          minutes += found.minutes;
          trials += found.trials;
          options.onStep(trials, 1, `${target}, fold ${f + 1}`);
        }
    // Tables hold records: what is left for the parts to be joined travels as text.
    return { numbers: {}, tables: { left: [{ json: JSON.stringify(left) }] }, trials, pinned, minutes: { [options.part]: minutes } };
  },
  collect,
};
export default experiment;

interface Measured {
  left: Left;
  pinned: Record<string, number>;
  minutes: number;
  trials: number;
}

/** What a killed run had found of a fold already. */
async function kept({ folder }: RunOptions, name: string, make: () => Promise<Measured>): Promise<Measured> {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const found = await make();
  writeFileSync(file, JSON.stringify(found));
  return found;
}

async function measured(task: Task, target: Target, f: number, seed: number, { part, quick }: RunOptions): Promise<Measured> {
  const fold = folds(task, target, quick)[f];
  const y = Float64Array.from(fold.test, (row) => TARGETS[target].of(task, row));
  const dates = [...new Set(fold.test.map(({ t }) => t))].map((t) => task.dates[t + TARGETS[target].days]);
  const column = (model: string, laws: Float64Array): Column => {
    const { losses, within } = score(y, laws, fold.test);
    return { model, target, seed, losses: [...losses], within: within.map((hits) => [...hits]) };
  };
  const left: Left = { columns: [], dates: part === 'closed' ? { [target]: dates } : {}, ratios: {}, doubts: {} };
  if (part === 'closed') {
    for (const [model, laws] of Object.entries(closedForms(task, target, fold))) left.columns.push(column(model, laws));
    const pinned = Object.fromEntries(left.columns.map(({ model, losses }) => [model, mean(losses)]));
    return { left, pinned, minutes: 0, trials: left.columns.length };
  }
  const net = await netOn(task, target, fold, KINDS[part], foldKey(foldKey(key(experiment.seed), seed), f), quick);
  left.columns.push(column(TITLES[part], net.normal), column(`${TITLES[part]}, own residuals`, net.filtered));
  left.ratios[`${target}.${part}.${seed}`] = [mean(net.ratios)];
  left.doubts[`${target}.${part}.${seed}`] = [net.doubt.toSorted()[net.doubt.length >> 1]];
  return { left, pinned: { loss: net.loss }, minutes: net.minutes, trials: 1 };
}

/** Adds the next fold to what there is. */
function append(all: Left, next: Left): void {
  for (const one of next.columns) {
    const same = all.columns.find(({ model, target, seed }) => model === one.model && target === one.target && seed === one.seed);
    if (!same) all.columns.push(one);
    else {
      same.losses.push(...one.losses);
      for (const [level, hits] of one.within.entries()) same.within[level].push(...hits);
    }
  }
  for (const kind of ['dates', 'ratios', 'doubts'] as const)
    for (const [name, values] of Object.entries(next[kind])) {
      const there = all[kind] as Record<string, (string | number)[]>;
      there[name] = [...(there[name] ?? []), ...values];
    }
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const lefts = Object.values(parts).map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const columns = lefts.flatMap((left) => left.columns);
  const dates = Object.assign({}, ...lefts.map((left) => left.dates)) as Record<Target, string[]>;
  const trials = Object.values(parts).reduce((sum, { trials = 1 }) => sum + trials, 0);
  const numbers: Record<string, Finding> = {};
  const tables: Record<string, Row[]> = {};
  const coverage = [];
  const named = (model: string) => model.replaceAll(', ', '-').replaceAll(' ', '-').toLowerCase();
  for (const target of TARGET_NAMES) {
    const own = columns.filter((column) => column.target === target);
    const models = [...new Set(own.map(({ model }) => model))];
    const unit = target === 'returns' ? '%' : '1';
    for (const model of models) {
      const seeds = own.filter((column) => column.model === model);
      const losses = averaged(seeds.map((column) => column.losses));
      const { mean: value, standardError } = hacMean(losses);
      const what = target === 'returns' ? "of the next day's return" : "of the next week's log volatility";
      numbers[`${target}.${named(model)}.crps`] = {
        value,
        uncertainty: standardError,
        unit,
        description: `${model}: CRPS ${what}, mean over dates`,
        tolerance: 0.02 * value,
      };
      for (const [i, level] of COVERAGES.entries()) {
        const { mean: share, interval } = hacMean(averaged(seeds.map((column) => column.within[i])));
        coverage.push({ target, model, nominal: level, share, low: interval.low, high: interval.high });
        if (level === 0.9)
          numbers[`${target}.${named(model)}.coverage90`] = {
            value: share,
            uncertainty: [interval.low, interval.high],
            unit: '1',
            description: `${model}: share of outcomes within the central 90 % ${what}, HAC interval over dates`,
            tolerance: 0.02,
          };
      }
    }
    const closed = own.filter(({ seed }) => seed === 0);
    const nets = models.filter((model) => own.some((column) => column.model === model && column.seed > 0));
    const said = verdict(
      {
        dates: dates[target],
        closedForms: Object.fromEntries(closed.map(({ model, losses }) => [model, losses])),
        nets: Object.fromEntries(nets.map((model) => [model, own.filter((column) => column.model === model).map(({ losses }) => losses)])),
      },
      { key: key(11), loss: 'CRPS', trials },
    );
    tables[`${target}Verdict`] = said.rows.map((row) => ({ ...row }));
    tables[`${target}Sentence`] = [{ sentence: said.sentence }];
    for (const [name, number] of Object.entries(said.numbers)) numbers[`${target}.${name}`] = number;
    for (const [kind, words] of Object.entries({
      ratios: 'epistemic over aleatoric deviation, mean over rows',
      // Of returns, whose sign is the question.
      ...(target === 'returns' && { doubts: 'size of the mean forecast over its own epistemic deviation, median over rows' }),
    }))
      for (const part of Object.keys(KINDS)) {
        const all = Object.assign({}, ...lefts.map((left) => left[kind as 'ratios' | 'doubts'])) as Record<string, number[]>;
        const values = SEEDS.flatMap((seed) => (all[`${target}.${part}.${seed}`] ? [mean(all[`${target}.${part}.${seed}`])] : []));
        if (values.length > 1) numbers[`${target}.${part}.${kind}`] = overSeeds(values, `${TITLES[part]}, ${target}: ${words}`);
      }
  }
  return {
    numbers,
    tables: { ...tables, coverage },
    trials,
    pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    minutes: Object.assign({}, ...Object.values(parts).map(({ minutes }) => minutes)),
  };
}

const averaged = (seeds: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(seeds[0], (_, t) => mean(seeds.map((one) => one[t])));
