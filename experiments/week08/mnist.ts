import { readFileSync } from 'node:fs';
import type { Row } from '../../src/base/index.js';
import type { Finding } from '../../src/report/index.js';
import { proportionInterval } from '../../src/stats/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { share } from '../share.js';
import { behindRounding, type Effort, type Judged, type JudgeOptions, judge, smoothed } from './digits/judge.js';
import { RECIPES, type Recipe, SIGMA, trained } from './digits/train.js';

/*
 * A net for MNIST trained in five ways, and what is left of each where every pixel may move by 0.3.
 */

/** Test images that are attacked; of the net that is smoothed none. */
const IMAGES: Readonly<Record<Exclude<Recipe, 'noisy'>, number>> = { natural: 250, fast: 250, pgd: 2000, ibp: 2000 };
const FULL: Omit<Effort, 'images'> = {
  ...{ shard: 500, restarts: 5, steps: [40, 100] },
  auto: { steps: 50, targets: 3, queries: 500 },
  ...{ tried: 500, gradients: 40 },
  ...{ checked: 250, queries: 500 },
  ...{ smoothed: 300, draws: 1000 },
};
const SLICE: Effort = {
  ...{ images: 4, shard: 4, restarts: 1, steps: [2, 4] },
  auto: { steps: 2, targets: 1, queries: 3 },
  ...{ tried: 4, gradients: 2 },
  ...{ checked: 4, queries: 3 },
  ...{ smoothed: 2, draws: 10 },
};
/** Radii at which the curve of smoothing is read. */
const CERTIFIED = Array.from({ length: 13 }, (_, i) => i / 10);

const experiment: Experiment = {
  name: 'week08/mnist',
  about: 'A net for MNIST trained in five ways, and what is left of each under attacks that move every pixel by up to 0.3.',
  seed: 1,
  parts: [...Object.keys(RECIPES), 'speed'],
  sanity: { naturalAccuracy: { atLeast: 0.97 }, naturalAuto: { atMost: 0.05 }, ibpAccuracy: { atLeast: 0.9 }, pgdPgd40: { atLeast: 0.5 } },
  async run(options) {
    return options.part === 'speed' ? speed() : net(options, this.seed);
  },
  // Tables of one kind as one, net by net; the part's name stands behind the point.
  collect(parts) {
    const tables: Record<string, Row[]> = {};
    for (const found of Object.values(parts))
      for (const [name, rows] of Object.entries(found.tables ?? {})) {
        const kind = name.split('.')[0];
        tables[kind] = [...(tables[kind] ?? []), ...rows];
      }
    const all = Object.values(parts);
    const united = <V>(pick: (found: Found) => Readonly<Record<string, V>> | undefined): Record<string, V> =>
      Object.assign({}, ...all.map((found) => pick(found) ?? {}));
    return {
      numbers: united(({ numbers }) => numbers),
      tables,
      trials: all.reduce((sum, { trials = 1 }) => sum + trials, 0),
      pinned: united(({ pinned }) => pinned),
      minutes: united(({ minutes }) => minutes),
    };
  },
};
export default experiment;

async function net({ part, quick, folder, onStep }: RunOptions, seed: number): Promise<Found> {
  const recipe = part as Recipe;
  const { params, loss, looks } = await trained(recipe, { seed, quick, folder, onStep });
  const effort: Effort = quick ? SLICE : { ...FULL, images: recipe === 'noisy' ? 0 : IMAGES[recipe] };
  const options: JudgeOptions = { recipe, seed, folder, effort, quick, onPart: (note) => onStep(0, 1, note) };
  // The slice of one net goes through all attacks, whose programs take longest to compile.
  const judged =
    recipe === 'noisy' || (quick && recipe !== 'pgd') ? undefined : withstood(recipe, await judge(params, options), effort, quick);
  const numbers: Record<string, Finding> = { ...judged?.numbers };
  const tables: Record<string, Row[]> = { ...judged?.tables, [`training.${recipe}`]: looks.map((row) => ({ net: part, ...row })) };
  if (recipe === 'natural') {
    const { checks, masked } = await behindRounding(params, options);
    tables['masking.rounded'] = checks.map((row) => ({ net: ROUNDED, ...row }));
    tables['masked.rounded'] = [{ net: ROUNDED, masked }];
    const under = `${ROUNDED}: accuracy on ${effort.checked} test images under PGD-40`;
    numbers.roundedPgd40 = share(checks[1].value, effort.checked, under);
  }
  if (recipe === 'noisy') {
    const radii = await smoothed(params, options);
    tables['smoothing.noisy'] = CERTIFIED.map((radius) => ({ radius, ...interval(radii.filter((r) => r > radius).length, radii.length) }));
    numbers.smoothedRadius = {
      value: middle(radii),
      unit: 'L2',
      description: `median radius that smoothing certifies with σ = ${SIGMA} and ${effort.draws} draws, of ${radii.length} test images`,
      uncertainty: medianInterval(radii),
      tolerance: 0.1,
    };
  }
  const trials = recipe === 'ibp' ? 2 : 1;
  return { numbers, tables, trials, pinned: { [recipe]: loss }, minutes: { [recipe]: looks.at(-1)!.minutes } };
}

/** The numbers and tables of a net under attack. */
function withstood(recipe: Recipe, found: Judged, effort: Effort, quick: boolean) {
  const n = found.images;
  const [all, tried] = [quick ? 100 : 10_000, effort.tried];
  const which = `${recipe}: accuracy on ${n} test images drawn at random`;
  const starts = `the worst of ${effort.restarts} starts of`;
  const { steps, targets, queries } = effort.auto;
  const certified = found.sure > 0 ? `; interval bounds certify ${found.sure} of them, which need no attack` : '';
  const spent = `${steps} gradients for each of ${targets} targets, ${queries} queries${certified}`;
  const open = found.open.find(({ epsilon }) => epsilon === 0.3)!.count;
  const of = (count: number, n: number, what: string) => share(count / n, n, what);
  return {
    numbers: {
      [`${recipe}Accuracy`]: of(found.right, all, `${recipe}: accuracy on the ${all} test images`),
      [`${recipe}Fgsm`]: of(found.fgsm, n, `${which} under FGSM`),
      [`${recipe}Pgd40`]: of(found.pgd[0], n, `${which} under ${starts} PGD-40`),
      [`${recipe}Pgd100`]: of(found.pgd[1], n, `${which} under ${starts} PGD-40 and of PGD-100`),
      [`${recipe}Auto`]: of(found.auto, n, `${which} under the four attacks of AutoAttack (${spent})`),
      [`${recipe}Transfer`]: of(
        found.transfer,
        tried,
        `${recipe}: accuracy on ${tried} test images that PGD-40 changed to deceive another net`,
      ),
      [`${recipe}Verified`]: of(open, all, `${recipe}: error that interval bounds leave open on the ${all} test images`),
    },
    tables: {
      [`attacks.${recipe}`]: found.attacks.map((row) => ({ net: recipe, ...row })),
      [`radii.${recipe}`]: found.radii.map(({ epsilon, right }) => ({ net: recipe, epsilon, ...interval(right, tried) })),
      [`verified.${recipe}`]: found.open.map(({ epsilon, count }) => ({ net: recipe, epsilon, error: count / all })),
      [`masking.${recipe}`]: found.masking.checks.map((row) => ({ net: recipe, ...row })),
      [`masked.${recipe}`]: [{ net: recipe, masked: found.masking.masked }],
    },
  };
}

/** The middle one, or the upper of two. */
const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** An interval of 95 % for the median, between two order statistics. */
function medianInterval(values: readonly number[]): { low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (z: number) =>
    sorted[Math.min(Math.max(Math.round(sorted.length / 2 + (z * Math.sqrt(sorted.length)) / 2), 0), sorted.length - 1)];
  return { low: at(-1.96), high: at(1.96) };
}

/** How often our training step is faster than PyTorch's: `digits/speed.ts` raced them. */
function speed(): Found {
  const races: Readonly<Record<string, readonly { ours: number; peer: number }[]>> = JSON.parse(
    readFileSync(new URL('digits/speed.json', import.meta.url), 'utf8'),
  );
  const entries = Object.entries(races).map(([recipe, rounds]) => {
    const ratios = rounds.map(({ ours, peer }) => peer / ours);
    const description = `processor time of a step of PyTorch over ours, recipe ${recipe}, median of ${rounds.length} rounds`;
    const value = middle(ratios);
    return [`${recipe}Speed`, { value, unit: '1', description, uncertainty: medianInterval(ratios), tolerance: 0.5 }] as const;
  });
  const rows = Object.entries(races).map(([recipe, rounds]) => {
    const of = (pick: (round: { ours: number; peer: number }) => number) => middle(rounds.map(pick));
    const steps = RECIPES[recipe as Recipe].epochs * Math.floor(60_000 / RECIPES[recipe as Recipe].batch);
    return { net: recipe, ours: of(({ ours }) => ours), peer: of(({ peer }) => peer), steps };
  });
  return { numbers: Object.fromEntries(entries), tables: { 'speed.all': rows }, trials: 0 };
}

const ROUNDED = 'natural behind rounding';

const interval = (count: number, n: number) => {
  const { low, high } = proportionInterval(count, n);
  return { accuracy: count / n, low, high };
};
