import { fold, type Key } from '../../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { standardDeviation } from '../../linalg/index.js';
import { stationaryBootstrap } from '../../stats/index.js';
import { type Baseline, baselineOf, cumulativeFall, greatestDistance, stabilityIndex } from './statistics.js';

/** Rows of a model in use, oldest first: its inputs by name, and how well it did, where more is better: a profit, minus a loss. */
export interface DriftRows {
  /** [T] each */
  readonly features: Readonly<Record<string, ArrayLike<number>>>;
  /** [T] */
  readonly score: ArrayLike<number>;
}

/** How a model is watched. */
export interface DriftOptions {
  /** Decides the samples of the calibration. */
  readonly key: Key;
  /** rows of which the inputs' distribution is taken at a look: 63, a quarter */
  readonly window?: number;
  /** rows from a look to the next: 5, a week */
  readonly every?: number;
  /** rows that are watched before the model is trained again: 252, a year */
  readonly horizon?: number;
  /** chance that any alarm is raised within the horizon though nothing has changed: 0.05 */
  readonly falseAlarms?: number;
  /** mean length of a block of rows that are drawn together, since rows near each other are alike; `blockLength` chooses it: 10 */
  readonly block?: number;
  /** samples of the calibration: 500 */
  readonly samples?: number;
}

/** The three alarms: inputs by the stability index and by the greatest distance of distribution functions, and the fall of the score. */
export type DriftAlarm = 'psi' | 'ks' | 'cusum';

/** What a look at `row` saw: `psi` and `ks` the greatest over features, `cusum` the greatest since the look before; `feature` has the greatest stability index. */
export interface DriftLook extends Readonly<Record<DriftAlarm, number>> {
  readonly row: number;
  readonly feature: string;
}

/** A model that is watched. */
export interface DriftMonitor {
  /** Beyond these an alarm is raised. */
  readonly levels: Readonly<Record<DriftAlarm, number>>;
  /**
   * Looks at all rows since the watch began, at most a horizon: at the end of the first window, and from then on every few rows.
   *
   * @returns `looks`, and by alarm the row of the first look that raised it
   */
  watch(rows: DriftRows): { readonly looks: readonly DriftLook[]; readonly raised: Readonly<Partial<Record<DriftAlarm, number>>> };
}

const ALARMS = ['psi', 'ks', 'cusum'] as const;

/**
 * Watches a model for drift, with levels at which one alarm of any kind is raised within a horizon by chance as often as told.
 *
 * The levels are no rule of thumb: from the reference, pairs of a reference of its own length and of a horizon are drawn in blocks, which have
 * nothing changed; what is greatest in them over all looks and features gives the levels, of all three alarms the same quantile.
 *
 *     const monitor = driftMonitor(reference, { key: key(1) });
 *     const { raised } = monitor.watch(rowsSince); // { cusum: 117 }
 *
 * It takes some seconds: 500 samples of 500 rows and two features are one.
 *
 * @throws when the reference has fewer rows than a horizon, its score does not vary, columns differ in length, or a value is not finite
 *
 * Page 1954 for the sum; the calibration is Politis & Romano's stationary bootstrap.
 */
export function driftMonitor(reference: DriftRows, options: DriftOptions): DriftMonitor {
  checkOptions('driftMonitor', options ?? null, ['key', 'window', 'every', 'horizon', 'falseAlarms', 'block', 'samples']);
  const { key, window = 63, every = 5, horizon = 252, falseAlarms = 0.05, block = 10, samples = 500 } = options;
  checkKey('driftMonitor', key);
  for (const [name, value] of Object.entries({ window, every, horizon, samples })) checkWhole('driftMonitor', name, value);
  checkNumber('driftMonitor', 'falseAlarms', falseAlarms, { above: 0, below: 1 });
  const n = lengthOf('the reference', reference);
  checkNumber('driftMonitor', 'block', block, { from: 1, to: n });
  if (standardDeviation(Float64Array.from(reference.score)) === 0)
    throw new Error(
      'driftMonitor: the score of the reference does not vary, so that no fall can be told; give the profit or the loss of each row',
    );
  if (n < horizon || horizon < window)
    throw new Error(
      `driftMonitor: the reference has ${n} rows, the horizon ${horizon} and a window ${window}; a horizon needs a window at least, and a reference a horizon`,
    );
  if (falseAlarms * samples < 5)
    throw new Error(
      `driftMonitor: ${samples} samples say too little of a chance of ${falseAlarms}; draw ${Math.ceil(5 / falseAlarms)} or more`,
    );
  const looking = { window, every };
  const maxima = Array.from({ length: samples }, (_, s) => {
    const [before, after] = [0, 1].map((part) => rowsAt(reference, stationaryBootstrap(fold(fold(key, s), part), n, block)));
    const looks = looksAt(baselines(before), first(after, horizon), looking);
    return ALARMS.map((alarm) => looks.reduce((most, look) => Math.max(most, look[alarm]), 0));
  });
  const levels = jointLevels(maxima, falseAlarms);
  const known = baselines(reference);
  return {
    levels,
    watch(rows) {
      const length = lengthOf('the watched rows', rows);
      if (length > horizon)
        throw new Error(`driftMonitor: ${length} rows are watched, and the levels are for ${horizon}; begin a new watch`);
      const missing = Object.keys(reference.features).find((name) => !(name in rows.features));
      if (missing !== undefined) throw new Error(`driftMonitor: the watched rows have no feature '${missing}', which the reference has`);
      const looks = looksAt(known, rows, looking);
      const raised = ALARMS.flatMap((alarm) => {
        const look = looks.find((look) => look[alarm] > levels[alarm]);
        return look ? [[alarm, look.row]] : [];
      });
      return { looks, raised: Object.fromEntries(raised) };
    },
  };
}

interface Known {
  readonly features: Readonly<Record<string, Baseline>>;
  readonly score: ArrayLike<number>;
}

const baselines = ({ features, score }: DriftRows): Known => ({ features: mapped(features, baselineOf), score });
const mapped = <A, B>(of: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value)]));
const rowsAt = ({ features, score }: DriftRows, rows: Int32Array): DriftRows => {
  const at = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]);
  return { features: mapped(features, at), score: at(score) };
};
const first = ({ features, score }: DriftRows, rows: number): DriftRows => {
  const cut = (values: ArrayLike<number>) => Float64Array.from({ length: rows }, (_, t) => values[t]);
  return { features: mapped(features, cut), score: cut(score) };
};

/** What every look sees, against what was known. */
function looksAt(known: Known, { features, score }: DriftRows, { window, every }: { window: number; every: number }): DriftLook[] {
  const falls = cumulativeFall(known.score, score);
  const looks: DriftLook[] = [];
  let worst = 0;
  for (let row = 0; row < falls.length; row++) {
    worst = Math.max(worst, falls[row]);
    if (row + 1 < window || (row + 1 - window) % every !== 0) continue;
    let [psi, ks, feature] = [-1, 0, ''];
    for (const [name, baseline] of Object.entries(known.features)) {
      const now = Float64Array.from({ length: window }, (_, i) => features[name][row + 1 - window + i]);
      const index = stabilityIndex(baseline, now);
      if (index > psi) [psi, feature] = [index, name];
      ks = Math.max(ks, greatestDistance(baseline, now));
    }
    looks.push({ row, psi, ks, cusum: worst, feature });
    worst = 0;
  }
  return looks;
}

/** The lowest levels, of each alarm the same rank, that so few samples exceed in any of the three. */
function jointLevels(maxima: readonly (readonly number[])[], falseAlarms: number): Record<DriftAlarm, number> {
  const sorted = ALARMS.map((_, a) => maxima.map((of) => of[a]).sort((x, y) => y - x));
  let levels = sorted.map(([most]) => most);
  for (let rank = 1; rank < maxima.length; rank++) {
    const next = sorted.map((of) => of[rank]);
    const over = maxima.filter((of) => of.some((value, a) => value > next[a])).length;
    if (over > falseAlarms * maxima.length) break;
    levels = next;
  }
  return Object.fromEntries(ALARMS.map((alarm, a) => [alarm, levels[a]])) as Record<DriftAlarm, number>;
}

function lengthOf(what: string, rows: DriftRows): number {
  checkOptions(`driftMonitor: ${what}`, rows ?? null, ['features', 'score']);
  const { features, score } = rows;
  for (const [name, values] of [...Object.entries(features), ['score', score] as const]) {
    if (values.length !== score.length)
      throw new Error(`driftMonitor: of ${what} '${name}' has ${values.length} rows, and the score ${score.length}; give as many`);
    const fault = Array.prototype.findIndex.call(values, (x: number) => !Number.isFinite(x));
    if (fault >= 0)
      throw new Error(`driftMonitor: of ${what} '${name}' is ${values[fault]} in row ${fault}; drop the row, or fill it as the model does`);
  }
  if (Object.keys(features).length === 0) throw new Error(`driftMonitor: there is no feature in ${what}`);
  return score.length;
}
