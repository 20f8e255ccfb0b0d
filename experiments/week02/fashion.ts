import { loadFashionMnist, loadMnist } from '../../src/datasets/index.js';
import { initMlp, mlp } from '../../src/models/index.js';
import { crossEntropy } from '../../src/nn/index.js';
import { adam } from '../../src/optim/index.js';
import { evidence } from '../../src/report/index.js';
import { key } from '../../src/tensor/index.js';
import { type AblationTask, BASE, type Config, laboratory, sequence } from '../ablation.js';
import { meanOf } from '../ablation-report.js';
import type { Experiment, Found } from '../experiment.js';
import { errorOn, PIXELS, rowsOf } from '../images.js';
import { plainNet, type Trained, trainer } from '../train-net.js';

const SEEDS = [1, 2, 3, 4, 5];
const SIZE = 128;
const EPOCHS = 10;

/** What the study of digits left: its base at its own best rate, and what its random search chose. */
const CARRIED: Readonly<Record<'base' | 'chosen', Config>> = {
  base: { ...BASE, rate: 0.00316, width: 64 },
  chosen: { optimiser: 'RMSProp', rate: 0.00307, normalisation: 'batch', weights: 'PyTorch', depth: 2, width: 128 },
};
const WIDTHS = [PIXELS, 256, 128, 64, 10];
const TOLD = {
  base: 'the base of the study of digits',
  chosen: 'what the random search on digits chose',
  published: 'a network of 256-128-64 units, Adam at its default rate',
} as const;
type Name = keyof typeof TOLD;

export default {
  name: 'week02/fashion',
  about: 'Clothes in the format of digits: whether what the study of digits chose is better there too, beside a published network.',
  seed: 4,
  parts: Object.keys(TOLD),
  sanity: { base: { atMost: 0.2 }, chosen: { atMost: 0.2 }, published: { atMost: 0.2 } },
  async run({ part, quick, onStep, folder }) {
    if (!quick) checkCarried();
    // A slice is of digits, which every checkout has; clothes are a package of the system.
    const { train, test } = quick ? loadMnist() : loadFashionMnist();
    const data = { train: rowsOf(train, 0, quick ? 1280 : 50_000), validation: rowsOf(train, 50_000, quick ? 51_000 : 60_000) };
    const tested = rowsOf(test, 0, quick ? 1000 : 10_000);
    const epoch = Math.floor(50_000 / SIZE);
    const score = async () => ({ validation: null, test: null }); // nothing is ranked here
    const steps = { steps: quick ? 10 : EPOCHS * epoch, every: quick ? 10 : epoch };
    const task: AblationTask = { inputs: PIXELS, outputs: 10, width: 64, ...data, loss: crossEntropy, size: SIZE, ...steps, score };
    const learn = learner(part as Name, task, folder);
    const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
    const trained = await sequence(seeds, async (seed) => {
      const net = await learn(seed);
      onStep(seed, seeds.length, TOLD[part as Name]);
      return { seed, error: await errorOn(net, tested), loss: net.validation };
    });
    const { mean, error } = meanOf(trained.map(({ error }) => error));
    return {
      numbers: {
        [part]: {
          value: mean,
          // The seeds share their test images, so that the images' own error does not shrink with them.
          uncertainty: Math.hypot(error, Math.sqrt((mean * (1 - mean)) / tested.x.shape[0])),
          unit: '1',
          description: `share of clothes misread: ${TOLD[part as Name]}`,
          tolerance: 0.01,
        },
      },
      tables: { [part]: trained.map(({ seed, error }) => ({ seed, error })) },
      trials: 1,
      pinned: { [part]: trained.at(-1)!.loss },
    } satisfies Found;
  },
} satisfies Experiment;

function learner(name: Name, task: AblationTask, folder: string): (seed: number) => Promise<Trained> {
  if (name !== 'published') {
    const { net } = laboratory(task, folder, () => {});
    return (seed) => net(CARRIED[name], seed);
  }
  const net = plainNet((k) => initMlp(k, WIDTHS), mlp);
  const train = trainer(net, task, { ...task, optimizer: (params: ReturnType<typeof net.init>['params']) => adam(params) });
  return (seed) => train(key(seed));
}

/** That the configurations above are those that the study of digits has now. */
function checkCarried(): void {
  const study = evidence('week02/mnist');
  const [base] = study.table<{ level: string; rate: number }>('levels');
  const [chosen] = study.table('chosen');
  const off = [
    ...(base.rate === CARRIED.base.rate ? [] : [`its base has the rate ${base.rate}`]),
    ...Object.entries(CARRIED.chosen).flatMap(([name, value]) =>
      chosen[name] === value ? [] : [`its choice has ${name} ${chosen[name]}`],
    ),
  ];
  if (off.length > 0)
    throw new Error(`week02/fashion: the study of digits is another now: ${off.join(', ')}; write that into CARRIED and run again`);
}
