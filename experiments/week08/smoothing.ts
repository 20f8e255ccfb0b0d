import { certifiedRadius } from '../../src/attack/index.js';
import { mean, standardDeviation } from '../../src/linalg/index.js';
import { confidenceInterval, proportionInterval } from '../../src/stats/index.js';
import type { Experiment } from '../experiment.js';
import { share } from '../share.js';
import { type Effort, smoothed } from './digits/judge.js';
import { SIGMA, trained } from './digits/train.js';

/*
 * The net of `mnist` that was trained on noise, with ten times the draws on fewer images: how far its vote is certain.
 */

/** Images and draws. A thousand draws that agree certify 2.46 σ and no more, which most images of this net come to; ten thousand 3.20 σ. */
const [FULL, SLICE] = [
  { smoothed: 100, draws: 10_000 },
  { smoothed: 2, draws: 10 },
];
/** Radii at which the curve is read, up to beyond the most that the draws can certify. */
const RADII = Array.from({ length: 18 }, (_, i) => i / 10);

const experiment: Experiment = {
  name: 'week08/smoothing',
  about: 'How far the vote of a net for MNIST under normal noise is certain, by ten thousand draws for each image.',
  seed: 1,
  sanity: { radius: { atLeast: 0.5 } },
  async run({ quick, folder, onStep }) {
    const begun = process.cpuUsage();
    const { params, loss } = await trained('noisy', { seed: this.seed, quick, folder, onStep });
    const effort = (quick ? SLICE : FULL) as Effort;
    const options = { recipe: 'noisy', seed: this.seed, folder, effort, quick, onPart: (note: string) => onStep(0, 1, note) } as const;
    const radii = await smoothed(params, options);
    const { user, system } = process.cpuUsage(begun);
    const most = certifiedRadius(effort.draws, effort.draws, { sigma: SIGMA }).radius;
    const [count, n] = [(holds: (radius: number) => boolean) => radii.filter(holds).length, radii.length];
    const curve = RADII.map((radius) => {
      const right = count((one) => one > radius);
      const { low, high } = proportionInterval(right, n);
      return { radius, accuracy: right / n, low, high };
    });
    const error = standardDeviation(radii) / Math.sqrt(n);
    const { low, high } = confidenceInterval(mean(radii), error, { df: n - 1 });
    return {
      numbers: {
        radius: {
          value: mean(radii),
          unit: 'L2',
          description: `mean radius that smoothing certifies with σ = ${SIGMA} and ${effort.draws} draws, 0 where the label is another or none, of ${n} test images`,
          uncertainty: [low, high],
          tolerance: 0.1,
        },
        whole: share(
          count((one) => one === most) / n,
          n,
          `share of ${n} test images whose draws all agree, so that more would certify more`,
        ),
        sure: share(count((one) => one > 0) / n, n, `share of ${n} test images that are right and certain at some radius`),
      },
      tables: { curve, spent: [{ images: n, draws: effort.draws, sigma: SIGMA, most }] },
      pinned: { loss },
      minutes: { all: (user + system) / 6e7 },
    };
  },
};
export default experiment;
