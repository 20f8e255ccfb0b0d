import type { Finding } from '../../src/report/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment } from '../experiment.js';
import { share } from '../share.js';
import { keeper, testImages } from './digits/judge.js';
import { logitsOf } from './digits/nets.js';
import { trained } from './digits/train.js';
import { withstand } from './digits/withstand.js';

/*
 * The net of `mnist` that was trained on several steps, under AutoAttack with all that its authors spend.
 */

/** Test images, all of them in a random order, and how many at a time. */
const IMAGES = 10_000;
const SHARD = 500;
const SPENT = { steps: 100, targets: 9, queries: 5000 };
const SLICE = { steps: 2, targets: 1, queries: 3 };

const experiment: Experiment = {
  name: 'week08/standard',
  about:
    'A net for MNIST trained on several steps, and what the four attacks of AutoAttack leave of it with a hundred gradients, nine targets and 5,000 queries.',
  seed: 1,
  sanity: { standing: { atLeast: 0.5 } },
  async run({ quick, folder, onStep }) {
    const { params, loss, looks } = await trained('pgd', { seed: this.seed, quick, folder, onStep });
    const images = testImages(this.seed);
    const [all, shard, spent] = quick ? [4, 4, SLICE] : [IMAGES, SHARD, SPENT];
    const kept = keeper(folder, () => {});
    const attacks = new Map<string, { attack: string; tried: number; fooled: number }>();
    let [standing, minutes] = [0, 0];
    for (let from = 0; from < all; from += shard) {
      const places = Array.from({ length: shard }, (_, i) => from + i);
      const options = { name: `auto-${from}`, spent, key: fold(fold(key(this.seed), 95), from), kept };
      const onAttack = ({ attack, fooled, tried }: { attack: string; fooled: number; tried: number }) =>
        onStep(from, all, `${attack} fooled ${fooled} of ${tried}`);
      const found = await withstand((x) => logitsOf(params, x), images.at, places, { ...options, onAttack });
      standing += found.standing.length;
      minutes += found.minutes;
      for (const { attack, tried, fooled } of found.attacks) {
        const before = attacks.get(attack);
        attacks.set(attack, { attack, tried: tried + (before?.tried ?? 0), fooled: fooled + (before?.fooled ?? 0) });
      }
    }
    const { steps, targets, queries } = spent;
    const which = all === images.all ? `the ${all} test images` : `${all} test images drawn at random`;
    const under = `accuracy on ${which} under the four attacks of AutoAttack (${steps} gradients for each of ${targets} targets, ${queries} queries)`;
    const right = all - attacks.get('clean')!.fooled;
    const numbers: Record<string, Finding> = {
      accuracy: share(right / all, all, `accuracy on ${which}`),
      standing: share(standing / all, all, under),
    };
    return {
      numbers,
      tables: { attacks: [...attacks.values()], spent: [{ images: all, ...spent }] },
      trials: 0, // the net is one of mnist's
      pinned: { loss },
      minutes: { training: looks.at(-1)!.minutes, attacks: minutes },
    };
  },
};
export default experiment;
