import { type Finding, verdict } from '../../src/report/index.js';
import { lossesOf } from '../../src/stats/index.js';
import { fold as foldKey, key } from '../../src/tensor/index.js';
import { record } from '../../src/trade/index.js';
import { type Factor, laboratory, levelsOf, search, sequence, type Trial, tuned } from '../ablation.js';
import { distinct, type LevelRow, levelRows, selection, sound } from '../ablation-report.js';
import type { Experiment, Found } from '../experiment.js';
import { closedForms, foldSamples, lossesOn, SOURCE, type VolatilityFold, varianceOf, volatilityTask } from '../volatility.js';
import { paired } from './risk/paired.js';
import { ablationTask } from './risk/task.js';

const SEEDS = [1, 2, 3, 4, 5];
const SEARCH = 60;
/** The folds of `volatilityTask` by the years that they test. */
const FOLDS = ['2005 to 2008', '2009 to 2012', '2013 to 2016'];
/** What is studied in the last fold alone: factors, and a random search. */
const STUDIES: Readonly<Record<string, readonly Factor[]>> = {
  others: ['normalisation', 'weights', 'depth'],
  search: [],
  optimisers: ['optimiser'],
};
const BEST = 'gamma regression';
/** The nets, one with the weights that were best on validation along the way, and half of its log variance with half of the regression's. */
const NETS = ['tuned network', 'the same, best weights kept', 'half network, half gamma'] as const;
const SEARCHED = 'searched network';
/** The control of that mixture. */
const HALVES = 'half GJR, half gamma';

/** What a part leaves for `collect`: its trainings, and losses by date of what its fold tests. */
interface Left {
  readonly trials: readonly Trial[];
  readonly dates: readonly string[];
  readonly closed: Readonly<Record<string, readonly number[]>>;
  readonly nets: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const experiment: Experiment = {
  name: 'week02/volatility',
  about: "What of a perceptron matters for tomorrow's variance of twenty stocks, chosen on validation, beside rivals in closed form.",
  seed: 3,
  data: [SOURCE],
  parts: [...Object.keys(STUDIES), ...FOLDS],
  sanity: { gamma: { atMost: -7.2 }, tuned: { atMost: -7.2 } },
  async run({ part, quick, onStep, folder }): Promise<Found> {
    const data = await volatilityTask();
    const factors = STUDIES[part];
    const whole = data.folds[factors ? FOLDS.length - 1 : FOLDS.indexOf(part)];
    const years: VolatilityFold = quick ? { ...whole, train: { start: whole.train.end - 600, end: whole.train.end } } : whole;
    const samples = foldSamples(data, years);
    const outputs = new Map<string, Float64Array>();
    let last: Float64Array | undefined; // none of a trial that copies another's scores
    const task = ablationTask(samples, {
      quick,
      onTest: (own) => {
        last = own;
      },
    });
    const expected = factors ? 80 : 20;
    const idOf = ({ config, seed }: Trial) => JSON.stringify([config, seed]);
    const lab = laboratory(task, folder, (trial, done) => {
      if (last) outputs.set(idOf(trial), last);
      last = undefined;
      onStep(Math.min(done, expected), expected, trial.level);
    });
    // A run that was killed has scores alone of what it had: such a net is trained again.
    const outputsOf = async (trial: Trial) => outputs.get(idOf(trial)) ?? (await lab.net(trial.config, trial.seed)).outputs(samples.test.x);
    const seeds = quick ? [1, 2] : SEEDS;
    const study = async (factor: Factor, count?: number) =>
      sequence(levelsOf(factor, task.width).slice(0, count), async ({ level, config }) => {
        return { factor, level, ...(await tuned(lab, { factor, level }, config, { seeds, quick })) };
      });
    const forecasts = (trials: readonly Trial[]) =>
      sequence(trials, async (trial) => varianceOf(data, samples, samples.test, await outputsOf(trial)));
    const byDate = (some: readonly Float64Array[]) => {
      const losses = lossesOn(data, years.test, Object.fromEntries(some.map((h, s) => [`${s}`, h])));
      return { dates: losses.dates, losses: losses.models.map((model) => [...lossesOf(losses, model)]) };
    };

    let found: Omit<Left, 'trials'> = { dates: [], closed: {}, nets: {} };
    const levels: LevelRow[] = [];
    if (part === 'search') {
      const { chosen } = await search(lab, { key: foldKey(key(this.seed), 1), n: quick ? 2 : SEARCH, width: task.width, seeds });
      const { dates, losses } = byDate(await forecasts(chosen));
      found = { dates, closed: {}, nets: { [SEARCHED]: losses } };
    } else if (factors) {
      for (const factor of factors) {
        const own = await study(factor, quick ? 2 : undefined);
        const lossesAt = async (level: string) => byDate(await forecasts(own.find((one) => one.level === level)!.trials)).losses;
        const base = await lossesAt(own[0].level);
        levels.push(
          // The days of the test are common to all: what other days would do is in these intervals beside the seeds.
          ...(await sequence(levelRows(own), async (row) =>
            row.level === own[0].level ? row : { ...row, ...paired(await lossesAt(row.level), base) },
          )),
        );
      }
    } else {
      const [adam] = await study('optimiser', 1);
      const own = await forecasts(adam.trials);
      // The last weights of a slice are its best: it ends sooner, for the two to differ.
      const keeping = laboratory({ ...task, ...(quick ? { steps: 5, every: 5 } : { every: 50 }) }, folder, () => {});
      const kept = await sequence(adam.trials, async ({ config, seed }) =>
        varianceOf(data, samples, samples.test, await (await keeping.net(config, seed)).outputs(samples.test.x)),
      );
      const closed = quick ? { [BEST]: own[0], GJR: own[1] } : closedForms(data, years);
      const half = (a: Float64Array, b: Float64Array) => a.map((h, cell) => Math.sqrt(h * b[cell]));
      const all = { ...closed, [HALVES]: half(closed.GJR, closed[BEST]) };
      const nets = [own, kept, own.map((h) => half(h, closed[BEST]))];
      const { dates, losses } = byDate([...Object.values(all), ...nets.flat()]);
      const S = seeds.length;
      found = {
        dates,
        closed: Object.fromEntries(Object.keys(all).map((name, m) => [name, losses[m]])),
        nets: Object.fromEntries(NETS.map((name, m) => [name, losses.slice(Object.keys(all).length).slice(m * S, (m + 1) * S)])),
      };
    }
    const selected = { from: data.dates[years.validation.start], to: data.dates[years.validation.end] };
    for (const { config, seed, validation } of quick ? [] : distinct(sound(lab.trials)))
      await record('week02-volatility', { fold: whole.name, ...config, seed }, { selection: selected, scores: { validation } });
    const left: Left = { trials: lab.trials, ...found };
    // Tables hold records: what is left for the parts to be joined travels as text.
    return {
      numbers: {},
      tables: { left: [{ json: JSON.stringify(left) }], levels },
      pinned: { [part]: lab.trials.at(-1)!.loss! },
    };
  },
  collect,
};
export default experiment;

function collect(parts: Readonly<Record<string, Found>>): Found {
  const lefts = Object.fromEntries(
    Object.entries(parts).map(([part, { tables }]) => [part, JSON.parse(String(tables!.left[0].json)) as Left]),
  );
  const partsOf = (name: string) => (name === FOLDS.at(-1) ? [name, ...Object.keys(STUDIES)] : [name]);
  const trialsOf = (name: string) => distinct(partsOf(name).flatMap((part) => lefts[part].trials));
  const configs = (trials: readonly Trial[]) => new Set(trials.map(({ config }) => JSON.stringify(config))).size;
  const trials = FOLDS.reduce((sum, name) => sum + configs(trialsOf(name)) + 1, 1); // and weights kept, and the mixture
  const inTurn = (pick: (left: Left) => readonly number[]) => FOLDS.flatMap((name) => pick(lefts[name]));
  const first = lefts[FOLDS[0]];
  const judged = verdict(
    {
      dates: FOLDS.flatMap((name) => lefts[name].dates),
      closedForms: Object.fromEntries(Object.keys(first.closed).map((name) => [name, inTurn(({ closed }) => closed[name])])),
      nets: Object.fromEntries(NETS.map((name) => [name, first.nets[name].map((_, s) => inTurn(({ nets }) => nets[name][s]))])),
    },
    { key: key(7), loss: 'QLIKE', trials },
  );
  const numbers: Record<string, Finding> = { ...judged.numbers };
  for (const [name, model] of Object.entries({ gamma: BEST, tuned: NETS[0] }))
    numbers[name] = {
      value: judged.rows.find((row) => row.model === model)!.loss,
      uncertainty: 'none: what is compared are differences',
      unit: '1',
      description: `QLIKE of the ${model}, 2005 to 2016`,
      tolerance: 0.01,
    };
  const regression = { all: inTurn(({ closed }) => closed[BEST]), ...Object.fromEntries(FOLDS.map((f) => [f, lefts[f].closed[BEST]])) };
  const gainOf = (fold: string, model: string, own: readonly (readonly number[])[]) => {
    const { difference, error, low, high } = paired(
      own,
      own.map(() => regression[fold as 'all']),
    );
    return { fold, model, gain: -difference, error, low: -high, high: -low };
  };
  const gains = [...FOLDS, 'all'].flatMap((fold) =>
    [HALVES, ...NETS].map((model) => {
      const of = (pick: (left: Left) => readonly number[]) => (fold === 'all' ? inTurn(pick) : pick(lefts[fold]));
      const seeds = first.nets[model] ?? [0, 0]; // a closed form is the same from any seed
      const own = seeds.map((_, s) => of(({ closed, nets }) => closed[model] ?? nets[model][s]));
      return gainOf(fold, model, own);
    }),
  );
  return {
    numbers: { ...numbers, ...selection(trialsOf(FOLDS[2]), 'QLIKE') },
    tables: {
      rivals: judged.rows.map((row) => ({ ...row })),
      sentence: [{ sentence: judged.sentence, pays: judged.pays, benchmark: judged.benchmark }],
      gains: [...gains, gainOf(FOLDS[2], SEARCHED, lefts.search.nets[SEARCHED])],
      levels: Object.values(parts).flatMap(({ tables }) => tables?.levels ?? []),
      searched: [{ ...lefts.search.trials.find(({ factor }) => factor === 'chosen')!.config }],
      trials: FOLDS.flatMap((fold) =>
        sound(trialsOf(fold)).map(({ factor, config: { rate }, validation, test }) => ({ fold, factor, rate, validation, test })),
      ),
      diverged: [
        {
          trainings: FOLDS.flatMap(trialsOf).length,
          diverged: FOLDS.flatMap((fold) => trialsOf(fold)).filter(({ test }) => test === null).length,
        },
      ],
    },
    trials,
    pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
  };
}
