import { loadMnist } from '../../src/datasets/index.js';
import { crossEntropy } from '../../src/nn/index.js';
import type { Finding } from '../../src/report/index.js';
import { fold, key } from '../../src/tensor/index.js';
import { type AblationTask, BASE, laboratory, levelsOf, search, sequence, type Trial, tuned } from '../ablation.js';
import { distinct, levelRows, meanOf, rateRows, selection, sound } from '../ablation-report.js';
import type { Experiment, Found } from '../experiment.js';
import { errorOn, PIXELS, rowsOf } from '../images.js';

const WIDTH = 64;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const SEARCH = 60;
/** What the factors are of each part. */
const FACTORS = { optimisers: ['optimiser'], others: ['normalisation', 'weights', 'depth'], search: [] } as const;

function mnistTask(quick: boolean): AblationTask {
  const { train, test } = loadMnist();
  const [validation, tested] = [rowsOf(train, 50_000, quick ? 51_000 : 60_000), rowsOf(test, 0, quick ? 1000 : 10_000)];
  return {
    inputs: PIXELS,
    outputs: 10,
    width: quick ? 16 : WIDTH,
    train: rowsOf(train, 0, quick ? 1280 : 25_600),
    validation,
    loss: (logits, y) => crossEntropy(logits, y),
    size: 128,
    steps: quick ? 10 : 200,
    every: quick ? 10 : 100,
    score: async (net) => ({ validation: await errorOn(net, validation), test: await errorOn(net, tested) }),
  };
}

export default {
  name: 'week02/mnist',
  about:
    'What of a perceptron matters on MNIST, after 25,600 digits: one factor at a time, each level at its own best rate, and a random search.',
  seed: 2,
  parts: ['optimisers', 'others', 'search'],
  sanity: { base: { atMost: 0.12 } },
  async run({ part, quick, onStep, folder }) {
    const task = mnistTask(quick);
    const seeds = quick ? [1, 2] : SEEDS;
    const expected = part === 'search' ? SEARCH + SEEDS.length : 150;
    const lab = laboratory(task, folder, ({ level }, done) => onStep(Math.min(done, expected), expected, level));
    const levels: { factor: string; level: string; inside: boolean; trials: Trial[] }[] = [];
    const factors = FACTORS[part as keyof typeof FACTORS];
    for (const factor of factors) {
      const some = levelsOf(factor, task.width).slice(0, quick ? 2 : undefined);
      for (const { level, config } of some) {
        const everywhere = factor === 'optimiser' && ['Adam', 'SGD'].includes(level);
        levels.push({ factor, level, ...(await tuned(lab, { factor, level }, config, { seeds, everywhere, quick })) });
      }
    }
    if (part === 'optimisers') {
      const straw = { ...BASE, width: task.width, optimiser: 'SGD', rate: levels[0].trials[0].config.rate } as const;
      await sequence(seeds, (seed) => lab.trial({ factor: 'straw man', level: "SGD at Adam's rate" }, straw, seed));
    }
    if (part === 'search') await search(lab, { key: fold(key(this.seed), 1), n: quick ? 2 : SEARCH, width: task.width, seeds });
    const last = lab.trials.at(-1)!;
    return {
      numbers: {},
      tables: {
        trials: lab.trials as never,
        levels: factors.flatMap((factor) => levelRows(levels.filter((one) => one.factor === factor))),
      },
      pinned: { [part]: last.loss! },
    };
  },
  collect(parts) {
    const trials = Object.values(parts).flatMap(({ tables }) => tables?.trials as unknown as Trial[]);
    const of = (factor: string, level: string) => sound(trials).filter((one) => one.factor === factor && one.level === level);
    const levels = Object.values(parts).flatMap(({ tables }) => tables?.levels ?? []);
    const tunedAt = (level: string) => {
      const rate = levels.find((row) => row.level === level)?.rate;
      return of('optimiser', level).filter(({ config }) => config.rate === rate);
    };
    const error = (some: readonly { test: number }[], description: string): Finding => {
      const { mean, error } = meanOf(some.map(({ test }) => test));
      // The seeds share their 10,000 test images, so that the images' own error does not shrink with them.
      const uncertainty = Math.hypot(error, Math.sqrt((mean * (1 - mean)) / 10_000));
      return { value: mean, uncertainty, unit: '1', description: `share of test digits misread: ${description}`, tolerance: 0.01 };
    };
    return {
      numbers: {
        base: error(tunedAt('Adam'), 'Adam, two hidden layers, 25,600 digits seen once'),
        sgd: error(tunedAt('SGD'), 'SGD at its own best rate'),
        strawMan: error(of('straw man', "SGD at Adam's rate"), "SGD at Adam's best rate"),
        chosen: error(of('chosen', 'chosen'), 'the best of the random search on validation, trained anew'),
        ...selection(
          trials.filter(({ factor }) => factor !== 'chosen'),
          'error',
        ),
      },
      tables: {
        levels,
        rates: rateRows(trials, ['Adam', 'SGD']),
        trials: sound(trials).map(({ factor, validation, test }) => ({ factor, validation, test })),
        chosen: of('chosen', 'chosen').map(({ config, seed, validation, test }) => ({ ...config, seed, validation, test })),
        diverged: [{ trainings: distinct(trials).length, diverged: distinct(trials).length - distinct(sound(trials)).length }],
      },
      trials: new Set(trials.map(({ config }) => JSON.stringify(config))).size,
      pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    } satisfies Found;
  },
} satisfies Experiment;
