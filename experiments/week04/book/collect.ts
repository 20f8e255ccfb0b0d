import { mean } from '../../../src/linalg/index.js';
import { type Finding, type Row, verdict } from '../../../src/report/index.js';
import { hacMean } from '../../../src/stats/index.js';
import { key } from '../../../src/tensor/index.js';
import type { Found } from '../../experiment.js';
import { KNOWING } from './closed.js';
import { bySession, decayOf, type Left } from './judge.js';
import { NETS } from './nets.js';
import { AHEAD, HORIZONS } from './sessions.js';

const DEEP = Object.values(NETS).map(({ title }) => title);
const slug = (model: string) => model.toLowerCase().replaceAll(' ', '-').replaceAll('λ', 'lambda');

/** What the paths say of each test row. */
interface Nested {
  /** Share of all paths that went up, and of either half. */
  readonly p: number[];
  readonly halves: [number, number][];
  readonly moves: number[][];
  readonly variances: number[][];
}

/**
 * Losses are expected ones: of a row whose mid went up next on a share p of the paths, −p log q − (1 − p) log(1 − q) for a forecast q. It
 * has the expectation of the loss on what happened, and lacks its noise. The entropy of p, the Bayes predictor's own loss, is low by 1/(2S) for
 * S paths, to the order that counts; twice the entropy less the mean of that of both halves is not.
 */
export function collect(parts: Readonly<Record<string, Found>>): Found {
  const lefts = Object.values(parts).map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const truth = lefts.find((left) => left.truth)!.truth!;
  const trials = Object.values(parts).reduce((sum, { trials = 0 }) => sum + trials, 0);
  const together = <K extends 'next' | 'moves' | 'decay'>(kind: K): Left[K] => Object.assign({}, ...lefts.map((left) => left[kind]));
  const nested = nestedOf(lefts, truth.paths);
  const decay = {
    ...together('decay'),
    Bayes: decayOf({ session: Int32Array.from(truth.session), moves: Float64Array.from(truth.moves) }, nested.p),
  };
  const next = nextOf(together('next'), nested, truth, trials);
  const moves = movesOf(together('moves'), nested, truth);
  return {
    numbers: { ...counts(truth), ...next.numbers, ...moves.numbers, ...impactNumbers(lefts.find((left) => left.impact)!.impact!) },
    tables: { ...next.tables, moves: moves.rows, decay: decayRows(decay) },
    trials,
    pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    minutes: Object.assign({}, ...Object.values(parts).map(({ minutes }) => minutes)),
  };
}

function nestedOf(lefts: readonly Left[], paths: number): Nested {
  const rows = lefts
    .flatMap(({ bayes = [] }) => bayes)
    .sort((one, other) => one.session - other.session)
    .flatMap(({ rows }) => rows);
  const H = HORIZONS.length;
  return {
    p: rows.map(([a, b]) => (a + b) / paths),
    halves: rows.map(([a, b]) => [(2 * a) / paths, (2 * b) / paths]),
    moves: rows.map((row) => row.slice(2, 2 + H)),
    variances: rows.map((row) => row.slice(2 + H).map((variance) => variance / paths)),
  };
}

const entropy = (p: number) => (p > 0 && p < 1 ? -p * Math.log(p) - (1 - p) * Math.log(1 - p) : 0);
/** No forecast counts as surer than one in ten thousand. */
const crossEntropy = (p: number, forecast: number) => {
  const q = Math.min(1 - 1e-4, Math.max(1e-4, forecast));
  return -p * Math.log(q) - (1 - p) * Math.log(1 - q);
};
const finding = (value: number, uncertainty: Finding['uncertainty'], description: string, unit = '1'): Finding => ({
  value,
  uncertainty,
  unit,
  description,
  tolerance: Math.max(typeof uncertainty === 'number' ? 4 * uncertainty : 0, 1e-3 * Math.abs(value)),
});
/** A mean over independent sessions. */
const overSessions = (values: ArrayLike<number>) => {
  const { mean: value, standardError } = hacMean(values, { lags: 0 });
  return [value, standardError] as const;
};

type Truth = NonNullable<Left['truth']>;

function nextOf(models: Left['next'], { p, halves }: Nested, { session, up, paths }: Truth, trials: number) {
  const S = session[session.length - 1] + 1;
  const by = (value: (row: number) => number) => bySession(session, value);
  const losses = (q: readonly number[]) => by((i) => crossEntropy(p[i], q[i]));
  const bayes = by((i) => 2 * entropy(p[i]) - (entropy(halves[i][0]) + entropy(halves[i][1])) / 2);
  const plugged = by((i) => entropy(p[i]));
  const names = Array.from({ length: S }, (_, s) => `session ${String(s + 1).padStart(2, '0')}`);
  const each = Object.fromEntries(Object.entries(models).map(([model, seeds]) => [model, seeds.map(losses)]));
  const rivals = Object.keys(models).filter((model) => !DEEP.includes(model) && model !== KNOWING);
  const said = verdict(
    {
      dates: names,
      closedForms: Object.fromEntries(rivals.map((model) => [model, each[model][0]])),
      nets: Object.fromEntries(DEEP.map((model) => [model, each[model]])),
    },
    { key: key(12), loss: 'NLL', trials },
  );
  const numbers: Record<string, Finding> = {};
  numbers['next.bayes.nll'] = finding(
    ...overSessions(bayes),
    'NLL of the next mid change: the Bayes predictor, by nested paths, corrected for their number',
  );
  numbers['next.bayes.bias'] = finding(
    ...overSessions(bayes.map((value, s) => value - plugged[s])),
    'NLL by which the plain entropy of the shares of paths is too low',
  );
  const realised = by((i) => crossEntropy(up[i], (p[i] * paths + 0.5) / (paths + 1)) - 1 / (2 * paths));
  numbers['next.bayes.realised'] = finding(
    ...overSessions(realised),
    'NLL on what happened: the Bayes predictor by its share of paths, less the 1/(2S) that so many paths cost',
  );
  // Errors of the shares of paths are no part of what happened, so that its slope on one half, by the other, is 1.
  numbers['next.slope'] = slope(
    by((i) => (halves[i][0] - 0.5) * (up[i] - 0.5)),
    by((i) => (halves[i][0] - 0.5) * (halves[i][1] - 0.5)),
  );
  const rows: Row[] = [];
  for (const [model, seeds] of Object.entries(each)) {
    const average = names.map((_, s) => mean(seeds.map((one) => one[s])));
    const gaps = seeds.map((one) => mean(one.map((loss, s) => loss - bayes[s])));
    const [gap, overDates] = overSessions(average.map((loss, s) => loss - bayes[s]));
    const n = gaps.length;
    const overSeeds = n > 1 ? gaps.reduce((sum, one) => sum + (one - gap) ** 2, 0) / (n - 1) / n : 0;
    const error = Math.sqrt(overDates ** 2 + overSeeds);
    const judged = said.rows.find((row) => row.model === model);
    const happened = mean(models[model].map((q) => mean(by((i) => crossEntropy(up[i], q[i])))));
    numbers[`next.${slug(model)}.nll`] = finding(...overSessions(average), `NLL of the next mid change: ${model}`);
    numbers[`next.${slug(model)}.gap`] = finding(
      gap,
      error,
      `NLL by which ${model} loses to the Bayes predictor, error over sessions and seeds`,
    );
    rows.push({
      model,
      seeds: DEEP.includes(model) ? n : 0,
      nll: mean(average),
      gap,
      gapError: error,
      realised: happened,
      ...(judged && { gain: judged.gain, gainError: judged.error, p: judged.p, inSet: judged.inSet }),
    });
  }
  rows.push({ model: 'Bayes', seeds: 0, nll: mean(bayes), realised: mean(realised) });
  rows.sort((a, b) => Number(a.nll) - Number(b.nll));
  for (const [name, number] of Object.entries(said.numbers)) numbers[`next.${name}`] = number;
  const tables: Record<string, Row[]> = {
    next: rows,
    nextVerdict: said.rows.map((row) => ({ ...row })),
    nextSentence: [{ sentence: said.sentence }],
    nextLosses: names.map((session, s) => ({
      session,
      Bayes: bayes[s],
      ...Object.fromEntries(
        Object.entries(each).flatMap(([model, seeds]) =>
          seeds.map((one, k) => [seeds.length > 1 ? `${model}, seed ${k + 1}` : model, Number(one[s].toPrecision(7))]),
        ),
      ),
    })),
  };
  return { numbers, tables };
}

/** A ratio of means over sessions, with the error of its residuals. */
function slope(both: Float64Array, own: Float64Array): Finding {
  const value = mean(both) / mean(own);
  const { standardError } = hacMean(
    both.map((product, s) => product - value * own[s]),
    { lags: 0 },
  );
  return finding(
    value,
    standardError / mean(own),
    'slope of what happened on the share of half of the paths, by that of the other half; 1 where the paths have the right law',
  );
}

/** R² of changes of the mid over some events: E[2 m f − f²] / E[y²], m being the mean over paths. */
function movesOf(models: Left['moves'], { moves, variances }: Nested, truth: Truth) {
  const numbers: Record<string, Finding> = {};
  const rows: Row[] = [];
  const H = HORIZONS.length;
  const by = (value: (row: number) => number) => bySession(truth.session, value);
  for (const [h, events] of HORIZONS.entries()) {
    const happened = by((i) => truth.moves[i * AHEAD.length + AHEAD.indexOf(events)] ** 2);
    const all = mean(happened);
    const explained = (value: (row: number) => number) => {
      const [r2] = overSessions(by(value).map((one) => one / all));
      const [, error] = overSessions(by(value).map((one, s) => (one - r2 * happened[s]) / all));
      return [r2, error] as const;
    };
    const note = (model: string, seeds: number, [r2, error]: readonly [number, number]) => {
      numbers[`moves.${events}.${slug(model)}.r2`] = finding(
        r2,
        error,
        `${model}: R² of the change of the mid over ${events} event${events > 1 ? 's' : ''}, over sessions`,
      );
      rows.push({ model, seeds, events, r2, error });
    };
    note(
      'Bayes',
      0,
      explained((i) => moves[i][h] ** 2 - variances[i][h]),
    );
    for (const [model, seeds] of Object.entries(models)) {
      const value = (i: number) => mean(seeds.map((f) => 2 * moves[i][h] * f[i * H + h] - f[i * H + h] ** 2));
      note(model, DEEP.includes(model) ? seeds.length : 0, explained(value));
    }
  }
  return { numbers, rows };
}

const decayRows = (decay: Left['decay']): Row[] =>
  Object.entries(decay).flatMap(([signal, all]) =>
    all.map((correlations, j) => {
      const [value, error] = overSessions(correlations);
      return { signal, events: AHEAD[j], correlation: value, low: value - 1.96 * error, high: value + 1.96 * error };
    }),
  );

function impactNumbers(sessions: NonNullable<Left['impact']>): Record<string, Finding> {
  const over = (pick: (one: (typeof sessions)[0]) => number) => overSessions(sessions.map(pick));
  return {
    'impact.slope': finding(
      ...over(({ slope }) => slope),
      'ticks that the mid moves for a lot of order-flow imbalance over 10 s, mean of regressions by session',
      'ticks',
    ),
    'impact.r2': finding(
      ...over(({ r2 }) => r2),
      'R² of the change of the mid over 10 s on the order-flow imbalance of the same 10 s, mean over sessions',
    ),
    'impact.depth': finding(...over(({ depth }) => depth), 'lots in a best queue, mean over events', 'lots'),
  };
}

function counts({ session, intervals, paths, trained }: Truth): Record<string, Finding> {
  const exact = (value: number, description: string) => finding(value, 'exact: a count', description);
  return {
    sessions: exact(session[session.length - 1] + 1, 'sessions to test on'),
    points: exact(session.length, 'states from which paths were simulated'),
    paths: exact(paths, 'paths from each'),
    intervals: exact(intervals, 'mid changes that labels of the test rows are of'),
    trained: exact(trained, 'rows to train on'),
  };
}
