import { type DriftAlarm, type DriftRows, driftMonitor } from '../../src/desk/index.js';
import type { Finding } from '../../src/report/index.js';
import { fold, type Key, key, normal } from '../../src/tensor/index.js';
import type { Experiment, Found } from '../experiment.js';
import { share } from '../share.js';

/*
 * How often alarms of drift are false, and how long they take to see what is planted: two inputs and a score whose law is known, whose rows are
 * either independent or depend on the rows before.
 */

/** Correlation of each series with its row before, and the mean length of a block of the calibration. */
const WORLDS = { independent: { memory: 0, block: 1 }, dependent: { memory: 0.5, block: 20 } } as const;
type World = keyof typeof WORLDS;
/** Two years to know the model by, half a year to watch it; what changes does after a quarter. */
const [REFERENCE, HORIZON, CHANGE] = [504, 126, 63];
const FALSE_ALARMS = 0.05;
/** In standard deviations: of the first input's mean, of its spread, of the score's mean. */
const SHIFTS = {
  mean: { x: { mean: 1 }, words: 'the mean of an input rises by one standard deviation' },
  spread: { x: { spread: 2 }, words: 'the spread of an input doubles' },
  score: { score: -0.5, words: 'the score falls by half a standard deviation' },
} as const;
const PARTS = Object.keys(WORLDS).flatMap((world) => [0, 1, 2, 3].map((piece) => `${world}-${piece}`));
const [RUNS, SAMPLES] = [250, 300];

const experiment: Experiment = {
  name: 'desk/drift',
  about: 'Drift alarms on a thousand watches without drift and on three planted changes: how many are false, and how many rows they take.',
  seed: 1,
  parts: PARTS,
  async run({ part, quick, onStep }) {
    const [world, piece] = part.split('-') as [World, string];
    const [runs, samples] = quick ? [2, 100] : [RUNS, SAMPLES];
    const rows: Record<string, number>[] = [];
    for (let r = 0; r < runs; r++) {
      rows.push(oneRun(fold(fold(key(this.seed), Object.keys(WORLDS).indexOf(world)), Number(piece) * RUNS + r), world, samples));
      onStep(r + 1, runs);
    }
    const pinned = { [part]: rows.reduce((sum, row) => sum + row.psi + row.ks + row.cusum, 0) };
    return { numbers: {}, tables: { rows }, pinned };
  },
  collect(parts): Found {
    const numbers: Record<string, Finding> = {};
    const delays: Record<string, string | number>[] = [];
    for (const world of Object.keys(WORLDS) as World[]) {
      const rows = PARTS.filter((part) => part.startsWith(world)).flatMap((part) => parts[part].tables!.rows as Record<string, number>[]);
      const n = rows.length;
      const shareOf = (hit: (row: Record<string, number>) => boolean, words: string) => share(rows.filter(hit).length / n, n, words);
      const told = `${world} rows, ${n} watches of ${HORIZON} rows`;
      numbers[`${world}False`] = shareOf((row) => row.raised === 1, `${told} without drift: share with any alarm, ${FALSE_ALARMS} meant`);
      for (const [shift, { words }] of Object.entries(SHIFTS)) {
        numbers[`${world}-${shift}`] = shareOf(
          (row) => row[shift] < Infinity && row[shift] >= 0,
          `${told}, ${words}: share seen within ${HORIZON - CHANGE} rows`,
        );
        const seen = rows
          .map((row) => row[shift])
          .filter((delay) => delay >= 0)
          .sort((a, b) => a - b);
        const at = (part: number) => seen[Math.floor(part * (seen.length - 1))] ?? '';
        delays.push({
          rows: world,
          change: words,
          seen: seen.length / n,
          'first quarter, rows': at(0.25),
          'median, rows': at(0.5),
          'third quarter, rows': at(0.75),
        });
      }
    }
    const pinned = Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned));
    return { numbers, tables: { delays }, pinned };
  },
};
export default experiment;

/** One watch: whether an alarm was false, and the rows from each change to the first alarm of any kind, −1 where there is none. */
function oneRun(k: Key, world: World, samples: number): Record<string, number> {
  const { block } = WORLDS[world];
  const options = { key: fold(k, 1), horizon: HORIZON, falseAlarms: FALSE_ALARMS, block, samples };
  const monitor = driftMonitor(rowsOf(fold(k, 2), world, REFERENCE), options);
  const raisedBy = (rows: DriftRows) => Object.values(monitor.watch(rows).raised);
  const delays = Object.entries(SHIFTS).map(([name, shift], s) => {
    // What rang before the change is a false alarm, and a watch goes on after it: the first alarm behind the change counts.
    const { looks } = monitor.watch(rowsOf(fold(k, 4 + s), world, HORIZON, shift));
    const { levels } = monitor;
    const look = looks.find(
      (look) => look.row >= CHANGE && (['psi', 'ks', 'cusum'] as DriftAlarm[]).some((alarm) => look[alarm] > levels[alarm]),
    );
    return [name, look ? look.row - CHANGE + 1 : -1];
  });
  const raised = Number(raisedBy(rowsOf(fold(k, 3), world, HORIZON)).length > 0);
  return { raised, ...monitor.levels, ...Object.fromEntries(delays) };
}

interface Shift {
  readonly x?: { readonly mean?: number; readonly spread?: number };
  readonly score?: number;
}

/** Rows of two inputs and a score, each stationary of variance one, which change after a quarter where a shift is given. */
function rowsOf(k: Key, world: World, n: number, { x = {}, score = 0 }: Shift = {}): DriftRows {
  const { memory } = WORLDS[world];
  const series = (i: number) => {
    const z = normal(fold(k, i), [n], 'float64').data;
    for (let t = 1; t < n; t++) z[t] = memory * z[t - 1] + Math.sqrt(1 - memory ** 2) * z[t];
    return z;
  };
  const { mean = 0, spread = 1 } = x;
  const [first, second, own] = [0, 1, 2].map(series);
  return {
    features: { x: first.map((value, t) => (t < CHANGE ? value : mean + spread * value)), y: second },
    score: own.map((value, t) => (t < CHANGE ? value : value + score)),
  };
}
