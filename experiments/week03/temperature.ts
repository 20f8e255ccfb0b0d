import { loadMnist } from '../../src/datasets/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment, Found } from '../experiment.js';
import { PIXELS, rowsOf } from './digits/images.js';
import { judge } from './digits/judge.js';
import { meanField } from './digits/nets.js';
import { overSeeds } from './digits/over-seeds.js';
import { checkpointOf, trained } from './digits/train.js';

const WIDTHS = [PIXELS, 100, 10];
const SEEDS = [1, 2, 3];
const DRAWS = 20;
const STEPS = 1400;
/** Trained on the first 50,000 training images, judged on the other 10,000: the test images are no part of this. */
const FIT = 50_000;
/** T and s, one at a time around T = 1, s = 0.1. */
const GRID = [...[1, 0.3, 0.1, 0.03, 0.01, 0.001].map((T) => ({ T, s: 0.1 })), ...[0.02, 0.05, 0.2, 0.5].map((s) => ({ T: 1, s }))];

export default {
  name: 'week03/temperature',
  about: 'What a temperature and the width of the prior do to a mean-field posterior on MNIST, judged on held-out training images.',
  seed: 2,
  parts: SEEDS.map(String),
  sanity: { bestError: { atMost: 0.05 } },
  async run({ part, quick, onStep, folder }) {
    const { train } = loadMnist();
    const held = rowsOf(
      train,
      Int32Array.from({ length: quick ? 200 : 10_000 }, (_, i) => FIT + i),
    );
    const rows = [];
    const pinned: Record<string, number> = {};
    const grid = quick ? GRID.slice(0, 2) : GRID;
    for (const [i, { T, s }] of grid.entries()) {
      const net = meanField(WIDTHS, { prior: s, sigma: 0.03 });
      const steps = quick ? 5 : STEPS;
      const one = await trained(net, train, quick ? 1024 : FIT, {
        k: fold(fold(key(2), Number(part)), 0), // paired: the same start, rows and noise at every T and s
        steps,
        peak: 0.005,
        temperature: T,
        file: checkpointOf(folder, `${T}-${s}`),
        onStep: (done, note) => onStep(i * steps + done, grid.length * steps, note),
      });
      const functions = Array.from({ length: quick ? 2 : DRAWS }, (_, draw) => one.drawn(draw));
      const { error, logScore } = await judge(functions, held.x, held.y);
      rows.push({ T, s, seed: Number(part), error, logScore, minutes: one.minutes });
      pinned[`T${T}s${s}seed${part}`] = one.loss;
    }
    return { numbers: {}, tables: { runs: rows }, trials: rows.length, pinned };
  },
  collect(parts): Found {
    const runs = Object.values(parts).flatMap(({ tables }) => tables!.runs) as { T: number; s: number; error: number; logScore: number }[];
    const at = (T: number, s: number) => runs.filter((run) => run.T === T && run.s === s);
    const numbers: Record<string, Found['numbers'][string]> = {};
    const seen = GRID.filter(({ T, s }) => at(T, s).length > 1);
    for (const { T, s } of seen)
      for (const score of ['error', 'logScore'] as const) {
        const values = at(T, s).map((run) => run[score]);
        const words = score === 'error' ? 'share of held-out images named wrongly' : 'log score on held-out images, in nats';
        numbers[`${score}.T${T}.s${s}`] = overSeeds(values, `mean field at temperature ${T}, prior deviation ${s}: ${words}`);
        const base = at(1, 0.1).map((run) => run[score]);
        if (T !== 1 || s !== 0.1)
          numbers[`${score}.T${T}.s${s}.gain`] = overSeeds(
            values.map((v, i) => base[i] - v),
            `gain over temperature 1 and prior deviation 0.1, paired by seed, at ${T} and ${s}: ${words}`,
          );
      }
    const best = seen.reduce((a, b) => (numbers[`error.T${b.T}.s${b.s}`].value < numbers[`error.T${a.T}.s${a.s}`].value ? b : a));
    numbers.bestError = {
      ...numbers[`error.T${best.T}.s${best.s}`],
      description: `least held-out error of ${seen.length} pairs, at temperature ${best.T} and prior deviation ${best.s}; the best of many flatters`,
    };
    return {
      numbers,
      tables: { runs },
      trials: runs.length,
      pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    };
  },
} satisfies Experiment;
