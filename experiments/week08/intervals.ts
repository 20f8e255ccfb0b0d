import type { Finding } from '../../src/report/index.js';
import { fold, key } from '../../src/tensor/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { share } from '../share.js';
import { keeper, testImages } from './digits/judge.js';
import { withstand } from './digits/withstand.js';
import { judged, SURE, walked } from './intervals/judge.js';
import { type NetParams, netOf } from './intervals/net.js';
import { type Recipe, trained } from './intervals/train.js';

/*
 * A net whose first layer stretches grey values, trained on the bounds of intervals, and all that is left of it on the test images; and the same
 * without that layer.
 */

const RECIPE: Recipe = {
  form: { stretch: true, filters: [{ count: 64, size: 8, stride: 4 }], hidden: 128 },
  ...{ epochs: 24, peak: 0.002, batch: 100, epsilon: 0.3, growth: [0, 0.22], own: 0.6 },
};
const PLAIN: Recipe = { ...RECIPE, form: { ...RECIPE.form, stretch: false } };
/**
 * What was trained: these two, the first for 15 epochs with half of its loss that of the images themselves, and one with two convolutions that
 * was stopped after 4 of 8 epochs.
 */
const TRIED = 4;

/** Images at a time, starts and gradients of the walk, and what AutoAttack's authors spend. */
const FULL = { shard: 500, walk: { restarts: 5, steps: 100 }, spent: { steps: 100, targets: 9, queries: 5000 } };
const SLICE = { shard: 4, walk: { restarts: 1, steps: 2 }, spent: { steps: 2, targets: 1, queries: 3 } };

const experiment: Experiment = {
  name: 'week08/intervals',
  about:
    'A net for MNIST trained on interval bounds behind a layer that stretches grey values, on all test images: what is proved, and what AutoAttack leaves.',
  seed: 1,
  parts: ['stretched', 'plain'],
  sanity: { accuracy: { atLeast: 0.9 }, plainAccuracy: { atLeast: 0.5 } },
  async run(options): Promise<Found> {
    const [recipe, { seed }, { quick, folder }] = [options.part === 'plain' ? PLAIN : RECIPE, this, options];
    const { params, loss, looks } = await trained(recipe, { ...options, seed });
    const images = testImages(seed);
    const all = quick ? 100 : images.all;
    const kept = keeper(folder, (note) => options.onStep(0, 1, note));
    const { right, margins, open } = await kept('whole', () => judged(netOf(recipe.form), params, images, all));
    // What is verified no attack can change, and what is wrong needs none.
    const undecided = Array.from(right.keys()).filter((i) => right[i] && !(margins[i] < SURE));
    const hits = right.filter(Boolean).length;
    const sure = hits - undecided.length;
    const words = `${options.part === 'plain' ? 'without the first layer: ' : ''}`;
    const accuracy = share(hits / all, all, `${words}accuracy on the ${all} test images`);
    const verified = share(1 - sure / all, all, `${words}error that interval bounds leave open on the ${all} test images`);
    const last = looks.at(-1)!;
    if (options.part === 'plain')
      return {
        numbers: { plainAccuracy: accuracy, plainVerified: verified },
        tables: { plainTraining: looks.map((look) => ({ ...look })) },
        trials: 0, // counted with the other
        pinned: { plain: loss },
        minutes: { plain: last.minutes },
      };
    const attacked = await underAttack(params, undecided, { ...options, seed, all, sure, kept });
    return {
      ...attacked,
      numbers: { accuracy, verified, ...attacked.numbers },
      tables: {
        training: looks.map((look) => ({ ...look })),
        open: open.map(({ epsilon, count }) => ({ epsilon, error: count / all })),
        ...attacked.tables,
      },
      trials: TRIED,
      pinned: { loss },
      minutes: { training: last.minutes, ...attacked.minutes },
    };
  },
};
export default experiment;

interface Under extends RunOptions {
  readonly seed: number;
  readonly all: number;
  readonly sure: number;
  readonly kept: ReturnType<typeof keeper>;
}

/** What PGD and AutoAttack leave of the images that are read right and not verified, and with these of all. */
async function underAttack(
  params: NetParams,
  undecided: readonly number[],
  { quick, onStep, seed, all, sure, kept }: Under,
): Promise<Pick<Found, 'numbers' | 'tables' | 'minutes'>> {
  const [net, images] = [netOf(RECIPE.form), testImages(seed)];
  const { shard, walk, spent } = quick ? SLICE : FULL;
  const tried = quick ? undecided.slice(0, shard) : undecided;
  const attacks = new Map<string, { attack: string; tried: number; fooled: number }>();
  let [walks, standing, minutes] = [sure, sure, 0];
  for (let from = 0; from < tried.length; from += shard) {
    const places = tried.slice(from, from + shard);
    const k = fold(fold(key(seed), 71), from);
    walks += await kept(`walk-${from}`, () => walked(net, params, images.at(places), { ...walk, key: fold(k, 9) }));
    const onAttack = ({ attack, fooled, tried: asked }: { attack: string; fooled: number; tried: number }) =>
      onStep(from, tried.length, `${attack} fooled ${fooled} of ${asked}`);
    const options = { name: `auto-${from}`, spent, key: k, kept, onAttack };
    const found = await withstand((x) => net.logits(params, x), images.at, places, options);
    standing += found.standing.length;
    minutes += found.minutes;
    for (const { attack, tried: asked, fooled } of found.attacks) {
      const before = attacks.get(attack);
      attacks.set(attack, { attack, tried: asked + (before?.tried ?? 0), fooled: fooled + (before?.fooled ?? 0) });
    }
  }
  const { steps, targets, queries } = spent;
  const on = `accuracy on the ${all} test images under`;
  const free = `; ${sure} are verified and need no attack`;
  const four = `${steps} gradients for each of ${targets} targets, ${queries} queries`;
  const numbers: Record<string, Finding> = {
    walked: share(walks / all, all, `${on} the worst of ${walk.restarts} random starts of PGD-${walk.steps}${free}`),
    standing: share(standing / all, all, `${on} the four attacks of AutoAttack (${four})${free}`),
  };
  return { numbers, tables: { attacks: [...attacks.values()], spent: [{ images: all, sure, ...spent }] }, minutes: { attacks: minutes } };
}
