import { join } from 'node:path';
import type { Row } from '../../src/base/index.js';
import { stylisedFactBands } from '../../src/stats/index.js';
import { fold as foldKey, key } from '../../src/tensor/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, RunOptions } from '../experiment.js';
import { daysBefore, fansOf, riskOf } from './markets/ask.js';
import { collect } from './markets/collect.js';
import { discrepancyOfEqual, judge, kept, memoryOf, predictiveOfReal } from './markets/judge.js';
import type { Left } from './markets/left.js';
import { garchOfMix, movingCorrelation, riskMetrics, sigmaTimesQuantile } from './markets/limits.js';
import {
  blockBootstrap,
  blockOf,
  fitted,
  garch,
  gaussian,
  type Maker,
  netMaker,
  plantedCopier,
  scaledBootstrap,
  trainingReturns,
} from './markets/makers.js';
import { NETS, type Net, type NetName, read, SEEDS, TRAINING, trainerOf, written } from './markets/nets.js';
import { type Fold, folds, type Market, market, regimeOf, SOURCE, windowsAfter } from './markets/setting.js';

/*
 * Paths of six stocks by three adversarial nets and by rivals that are estimated as they should be: what is known of returns, whether a net can tell, whether they
 * are copies, and value at risk on days that no one saw, 2005 to 2016.
 */
const YEARS = ['2005', '2009', '2013'] as const;
const JUDGING = { windows: 600, steps: 150 };
const DRAWS = { windows: 20_000, told: 1500, paths: 1000, memory: 60, bands: 399, equal: 199 };

const experiment: Experiment = {
  name: 'week09/paths',
  about:
    'Paths of six stocks by a GAN, a WGAN-GP and a conditional one, beside GARCH, bootstraps and a Gaussian: facts, scores, memory, value at risk 2005 to 2016.',
  seed: 9,
  data: [SOURCE],
  parts: ['rivals', 'risk', 'GAN', 'WGAN-GP', ...YEARS.map((year) => `conditional-${year}`)],
  sanity: {
    'facts.volatility.WGAN-GP': { atLeast: 0.01, atMost: 0.04 },
    'copied.planted-copier': { atLeast: 0.9 },
    'rate.GARCH': { atLeast: 0.02, atMost: 0.1 },
  },
  async run(options) {
    const begun = process.cpuUsage();
    const all = await market();
    // A slice judges by its first days.
    const spans = folds(all).map((fold) => (options.quick ? { ...fold, test: { ...fold.test, end: fold.test.start + 60 } } : fold));
    const { part } = options;
    const left = await (part === 'rivals'
      ? rivals(all, spans[0], options)
      : part === 'risk'
        ? risks(all, spans, options)
        : part.startsWith('conditional')
          ? nets('conditional', all, spans[YEARS.findIndex((year) => part.endsWith(year))], options)
          : nets(part as NetName, all, spans[0], options));
    const { user, system } = process.cpuUsage(begun);
    if (!options.quick) await recorded(left, all, spans);
    return {
      numbers: {},
      tables: { left: [{ json: JSON.stringify(left) }] },
      trials: left.trials,
      pinned: pinsOf(left),
      minutes: { [part]: (user + system) / 6e7 },
    };
  },
  collect,
};
export default experiment;

const SEED = key(9);
const scale = (quick: boolean) => ({
  judging: quick ? { windows: 90, steps: 4 } : JUDGING,
  draws: quick ? { windows: 500, told: 100, paths: 50, memory: 20, bands: 49, equal: 3 } : DRAWS,
  repeats: quick ? [1] : SEEDS,
  steps: quick ? 8 : TRAINING.steps,
});

const byName = (all: Market, fold: Fold, draws: typeof DRAWS, model = fitted(all, fold)): Maker[] => {
  return [
    gaussian(all, fold, draws.windows),
    blockBootstrap(all, fold, draws.windows),
    scaledBootstrap(all, fold, draws.told),
    garch(all, fold, 'student', draws.paths, model),
    garch(all, fold, 'historical', draws.paths, model),
  ];
};

/** The rivals' paths, the real sample's bands and the planted copier, of the first training years. */
async function rivals(all: Market, fold: Fold, { quick, folder, onStep }: RunOptions): Promise<Left> {
  const { judging, draws, repeats } = scale(quick);
  const days = trainingReturns(all, fold);
  const block = blockOf(days);
  const left: Left = { ...nothing(), trials: 5 };
  left.bands = await kept(join(folder, 'bands.json'), async () => ({
    block,
    ...stylisedFactBands(days, { key: SEED, block, draws: draws.bands }),
  }));
  const makers = byName(all, fold, draws);
  for (const [m, maker] of makers.entries()) {
    for (const draw of repeats) {
      const own = foldKey(SEED, 10 + m);
      const judged = await kept(join(folder, `${m}-${draw}.json`), () => judge(maker, all, fold, { key: own, draw }, judging));
      left.draws.push({ model: maker.name, seed: draw, ...judged });
      onStep(m * repeats.length + draw, makers.length * repeats.length, `${maker.name} ${judged.within.score.toFixed(3)}`);
    }
    left.memory.push({
      model: maker.name,
      ...(await memoryOf(
        repeats.map(() => maker),
        all,
        fold,
        foldKey(SEED, 20 + m),
        draws.memory,
      )),
    });
  }
  const copier = plantedCopier(all, fold);
  left.memory.push({
    model: copier.name,
    ...(await memoryOf(
      repeats.map(() => copier),
      all,
      fold,
      foldKey(SEED, 30),
      draws.memory,
    )),
  });
  for (const draw of repeats)
    left.predictive.push(
      await kept(join(folder, `real-${draw}.json`), () => predictiveOfReal(all, fold, foldKey(SEED, 31), draw, judging)),
    );
  left.discrepancies = await kept(join(folder, 'equal.json'), () =>
    discrepancyOfEqual(makers[1], fold, foldKey(SEED, 33), { samples: draws.equal, draws: repeats.length }),
  );
  return left;
}

/** The rivals' risk on all test days, what came, and their fans. */
async function risks(all: Market, spans: readonly Fold[], { quick, onStep }: RunOptions): Promise<Left> {
  const { draws } = scale(quick);
  const left: Left = { ...nothing(), trials: 4 };
  for (const [f, fold] of spans.entries()) {
    const model = fitted(all, fold);
    const moving = movingCorrelation(model, all, fold);
    left.memories.push({ fold: fold.name, memory: moving.memory });
    const makers = [...byName(all, fold, draws, model), garch(all, fold, 'student', draws.paths, model, moving.at)];
    for (const [m, maker] of makers.entries()) {
      left.risk.push(...(await riskOf(maker, fold, foldKey(SEED, 40 + m), 0)));
      const after = maker.after ?? ((key, days) => maker.windows(key, days.length));
      if (maker.name !== 'Gaussian') left.fans.push(...(await fansOf(maker.name, (days) => after(foldKey(SEED, 50 + m), days), all, fold)));
      onStep(makers.length * f + m + 1, makers.length * spans.length, `${fold.name}, ${maker.name}`);
    }
    for (const limit of [riskMetrics(all), sigmaTimesQuantile(all, fold), garchOfMix(all, fold, draws.paths)])
      left.risk.push(...(await riskOf(limit, fold, foldKey(SEED, 49), 0)));
    left.fans.push(...(await fansOf('real', async (days) => windowsAfter(all, days), all, fold)));
    left.came.push(cameOf(all, fold));
  }
  return left;
}

/** What the portfolio did on the test days. */
function cameOf({ dates, portfolio, sigma }: Market, fold: Fold) {
  const total = (day: number, horizon: number) => portfolio.subarray(day + 1, day + 1 + horizon).reduce((a, b) => a + b, 0);
  const [ones, tens] = ([1, 10] as const).map((horizon) => daysBefore(fold, horizon));
  return {
    fold: fold.name,
    dates: ones.map((day) => dates[day + 1]),
    one: ones.map((day) => Number(total(day, 1).toPrecision(6))),
    ten: tens.map((day) => Number(total(day, 10).toPrecision(6))),
    regimes: ones.map((day) => regimeOf(fold, sigma[day])),
    regimesOfTen: tens.map((day) => regimeOf(fold, sigma[day])),
  };
}

/** Nets of one kind on one fold: trained, then judged on the first fold, and their risk on the test days. */
async function nets(name: NetName, all: Market, fold: Fold, { quick, folder, onStep }: RunOptions): Promise<Left> {
  const { judging, draws, repeats, steps } = scale(quick);
  const left: Left = { ...nothing(), trials: 1 };
  let trainer: ReturnType<typeof trainerOf> | undefined;
  const makers: Maker[] = [];
  for (const seed of repeats) {
    const own = foldKey(foldKey(SEED, 60 + NETS.indexOf(name)), seed);
    const train = async (): Promise<Net> => {
      trainer ??= trainerOf(name, all);
      return trainer(fold, foldKey(own, Number(fold.name.slice(0, 4))), steps);
    };
    const net = await kept(join(folder, `${name}-${seed}.json`), train, { to: written, from: read });
    const maker = netMaker(net, all, fold, name === 'conditional' ? draws.told : draws.windows);
    makers.push(maker);
    if (fold.name.startsWith('2005')) {
      const judged = await kept(join(folder, `${name}-${seed}-judged.json`), () =>
        judge(maker, all, fold, { key: foldKey(own, 1), draw: seed }, judging),
      );
      left.draws.push({ model: name, seed, ...judged });
    }
    left.risk.push(...(await riskOf(maker, fold, foldKey(own, 2), seed)));
    if (maker.after) left.fans.push(...(await fansOf(name, (d) => maker.after!(foldKey(own, 3), d), all, fold, seed)));
    left.nets.push({
      ...{ model: name, seed, fold: fold.name },
      factor: net.factors.reduce((a, b) => a + b, 0) / net.factors.length,
      critic: lastOf(net.criticLosses),
      generator: lastOf(net.generatorLosses),
    });
    onStep(seed, repeats.length, `critic ${lastOf(net.criticLosses).toFixed(2)}`);
  }
  if (fold.name.startsWith('2005'))
    left.memory.push({ model: name, ...(await memoryOf(makers, all, fold, foldKey(SEED, 32), draws.memory)) });
  return left;
}

/** The mean of the last hundred. */
function lastOf(losses: readonly number[]): number {
  const last = losses.slice(-100);
  return last.reduce((a, b) => a + b, 0) / last.length;
}

const nothing = (): Left => ({ draws: [], memory: [], predictive: [], memories: [], risk: [], fans: [], came: [], nets: [], trials: 0 });

function pinsOf({ draws, predictive, risk, nets }: Left): Record<string, number> {
  const pins: Record<string, number> = {};
  for (const { model, seed, facts } of draws) pins[`volatility.${model}.${seed}`] = facts.volatility;
  for (const { model, seed, fold, horizon, tail, values } of risk)
    pins[`risk.${model}.${seed}.${fold.slice(0, 4)}.${horizon}.${tail}`] = values.reduce((a, b) => a + b, 0) / values.length;
  for (const [i, { medians, runningMean }] of predictive.entries()) {
    pins[`predictive.medians.${i}`] = medians;
    pins[`predictive.runningMean.${i}`] = runningMean;
  }
  for (const { model, seed, fold, factor } of nets) pins[`factor.${model}.${seed}.${fold.slice(0, 4)}`] = factor;
  return pins;
}

/** Each configuration is a trial, which saw the test days of its fold. */
async function recorded({ nets, risk }: Left, { dates }: Market, spans: readonly Fold[]): Promise<void> {
  const models: Row[] =
    nets.length > 0
      ? nets.map(({ model, seed, fold }) => ({ model, seed, fold }))
      : risk.filter(({ horizon, tail }) => horizon === 1 && tail === 0.05).map(({ model, fold }) => ({ model, seed: 0, fold }));
  for (const { model, seed, fold } of models) {
    const { test } = spans.find(({ name }) => name === fold)!;
    await record('week09-paths', { model, seed, fold } as never, { selection: { from: dates[test.start], to: dates[test.end - 1] } });
  }
}
