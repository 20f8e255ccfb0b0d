import { fold, type Key, uniform } from '../../base/index.js';
import { inverseNormal } from '../../base/internal.js';
import { standardNormal } from '../../stats/index.js';
import { type Choice, drawEvenly, edgesOf, type NumberRange, numberAt, type Params, placeOf, type SearchSpace } from './space.js';

/** What has been tried, and the loss that it had. */
export interface Tried {
  readonly params: Params;
  readonly loss: number;
}

/** Trials drawn evenly before the first that learns from them, and candidates of each that does: Optuna's. */
const [STARTUP, CANDIDATES] = [10, 24];
/** The part of the trials that is good, and the most of them. */
const [GOOD, MOST] = [0.1, 25];

/**
 * The next parameters to try, by tree-structured Parzen estimators: each parameter by itself has a density l of the good trials and g of the others,
 * and of some candidates of l the one with the greatest l/g is taken.
 *
 * Densities of numbers are mixtures of normals, one on each trial as wide as the farther of its neighbours is away, and one over the whole range; of
 * choices counts, each beginning at one.
 *
 * Bergstra, Bardenet, Bengio & Kégl 2011; constants as in Optuna 5.
 */
export function drawByParzen(k: Key, space: SearchSpace, tried: readonly Tried[]): Params {
  if (tried.length < STARTUP) return drawEvenly(k, space);
  const sorted = [...tried].sort((a, b) => a.loss - b.loss);
  const count = Math.min(Math.ceil(GOOD * sorted.length), MOST);
  const [good, others] = [sorted.slice(0, count), sorted.slice(count)];
  return Object.fromEntries(
    Object.entries(space).map(([name, range], i) => {
      const [ours, theirs] = [good, others].map((some) => some.map(({ params }) => params[name]));
      const own = fold(k, i);
      return [name, range.type === 'choice' ? chosen(own, range, ours, theirs) : number(own, range, ours as number[], theirs as number[])];
    }),
  );
}

function chosen(k: Key, { of }: Choice, good: readonly unknown[], others: readonly unknown[]): Choice['of'][number] {
  const weights = (values: readonly unknown[]) =>
    of.map((one) => (1 + values.filter((value) => value === one).length) / (of.length + values.length));
  const [l, g] = [weights(good), weights(others)];
  const { data: u } = uniform(k, [CANDIDATES], 'float64');
  let best = -1;
  for (const chance of u) {
    let [i, left] = [0, chance - l[0]];
    while (left > 0 && i + 1 < of.length) left -= l[++i];
    if (best < 0 || l[i] / g[i] > l[best] / g[best]) best = i;
  }
  return of[best];
}

function number(k: Key, range: NumberRange, good: readonly number[], others: readonly number[]): number {
  const edges = edgesOf(range);
  const [l, g] = [good, others].map((values) =>
    mixture(
      edges,
      values.map((x) => placeOf(range, x)),
    ),
  );
  const { data: u } = uniform(k, [CANDIDATES, 2], 'float64');
  let [best, most] = [0, -Infinity];
  for (let c = 0; c < CANDIDATES; c++) {
    const place = l.draw(u[2 * c], u[2 * c + 1]);
    const gain = l.logDensity(place) - g.logDensity(place);
    if (gain > most) [best, most] = [place, gain];
  }
  return numberAt(range, best);
}

/** A mixture of normals within edges: one on each place, and one over all. */
function mixture([from, to]: readonly [number, number], places: readonly number[]) {
  const sorted = [...places].sort((a, b) => a - b);
  const [width, least] = [to - from, (to - from) / Math.min(100, 2 + places.length)];
  const parts = sorted.map((at, i) => {
    const [before, after] = [at - (sorted[i - 1] ?? from), (sorted[i + 1] ?? to) - at];
    return { at, spread: Math.min(Math.max(before, after, least), width) };
  });
  parts.push({ at: (from + to) / 2, spread: width });
  const within = parts.map(({ at, spread }) => [standardNormal.cdf((from - at) / spread), standardNormal.cdf((to - at) / spread)]);
  return {
    draw(u: number, v: number): number {
      const i = Math.min(Math.floor(u * parts.length), parts.length - 1);
      const [low, high] = within[i];
      return Math.min(
        Math.max(parts[i].at + parts[i].spread * inverseNormal(Math.min(Math.max(low + v * (high - low), 1e-12), 1 - 1e-12)), from),
        to,
      );
    },
    logDensity(x: number): number {
      const each = parts.map(({ at, spread }, i) => Math.exp(-(((x - at) / spread) ** 2) / 2) / (spread * (within[i][1] - within[i][0])));
      return Math.log(each.reduce((sum, one) => sum + one, 0) / each.length);
    },
  };
}
