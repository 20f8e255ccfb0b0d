import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../src/base/internal.js';
import { fold, key } from '../../src/tensor/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, RunOptions } from '../experiment.js';
import { ahead, fastUniforms } from './book/ahead.js';
import { closedForms, impact } from './book/closed.js';
import { collect } from './book/collect.js';
import { decayOf, type Left } from './book/judge.js';
import { inputsFor, learner, NETS, type Target } from './book/nets.js';
import { FLOW, HORIZONS, type Samples, samplesOf, statesOf } from './book/sessions.js';

const SEED = 4;
/** Sessions of each kind and their seconds, paths from a state, seeds of a net on each target, and steps of a training. */
const SIZES = {
  full: { train: 80, validation: 12, test: 60, seconds: 600, paths: 128, seeds: { next: 3, moves: 2 }, steps: 2000 },
  quick: { train: 6, validation: 2, test: 8, seconds: 30, paths: 8, seeds: { next: 2, moves: 2 }, steps: 10 },
};
const KEYS = { train: fold(key(SEED), 1), validation: fold(key(SEED), 2), test: fold(key(SEED), 3) };
type Sizes = (typeof SIZES)['full'];

const samplesFor = ({ seconds, ...sizes }: Sizes, set: keyof typeof KEYS): Samples =>
  samplesOf(KEYS[set], { from: 0, to: sizes[set], seconds });

/** The Bayes predictor on one half of the test sessions, session by session: each leaves a file. */
function bayes(half: number, { folder, quick, onStep }: RunOptions): Left {
  const { test, seconds, paths } = quick ? SIZES.quick : SIZES.full;
  const sessions = Array.from({ length: test }, (_, s) => s).filter((s) => s < test / 2 === (half === 0));
  const left: Left = { next: {}, moves: {}, decay: {}, bayes: [] };
  for (const [done, s] of sessions.entries()) {
    const file = join(folder, `${s}.json`);
    if (!existsSync(file)) {
      const run = ahead(FLOW, fastUniforms(fold(fold(key(SEED), 4), s)), HORIZONS);
      const rows: number[][] = [];
      statesOf(KEYS.test, s, seconds, (state) => {
        const { up, moves, variances } = run(state, paths);
        rows.push([...up, ...moves, ...variances].map((value) => Number(value.toPrecision(6))));
      });
      replaceFile(file, [Buffer.from(JSON.stringify(rows))]);
    }
    left.bayes!.push({ session: s, rows: JSON.parse(readFileSync(file, 'utf8')) });
    onStep(done + 1, sessions.length, `session ${s}`);
  }
  return left;
}

/** All seeds of a net on both targets; a seed that is in its file does not train again. */
async function nets(
  name: string,
  { folder, quick, onStep }: RunOptions,
): Promise<{ left: Left; pinned: Record<string, number>; trials: number }> {
  const sizes = quick ? SIZES.quick : SIZES.full;
  const samples = { train: samplesFor(sizes, 'train'), validation: samplesFor(sizes, 'validation'), test: samplesFor(sizes, 'test') };
  const inputs = inputsFor(name, [samples.train, samples.validation, samples.test]);
  const { title } = NETS[name];
  const left: Left = { next: {}, moves: {}, decay: {} };
  const pinned: Record<string, number> = {};
  const total = sizes.seeds.next + sizes.seeds.moves;
  let done = 0;
  for (const target of ['next', 'moves'] as const satisfies Target[]) {
    let train: ReturnType<typeof learner> | undefined;
    left[target][title] = [];
    for (let seed = 1; seed <= sizes.seeds[target]; seed++) {
      const file = join(folder, `${target}-${seed}.json`);
      if (!existsSync(file)) {
        train ??= learner(name, target, inputs, samples, sizes.steps);
        const { validation, training, forecasts } = await train(seed);
        if (!quick)
          await record(
            'week04-book',
            { model: title, target, seed, steps: sizes.steps },
            { selection: 'simulated', scores: { validation } },
          );
        replaceFile(file, [
          Buffer.from(JSON.stringify({ training, forecasts: Array.from(forecasts, (value) => Number(value.toPrecision(5))) })),
        ]);
      }
      const { training, forecasts } = JSON.parse(readFileSync(file, 'utf8')) as { training: number; forecasts: number[] };
      left[target][title].push(forecasts);
      pinned[`${name}.${target}.${seed}`] = training;
      onStep(++done, total, `${title}, ${target}`);
    }
  }
  left.decay[title] = decayOf(samples.test, left.next[title][0]);
  return { left, pinned, trials: 2 };
}

async function closed({ quick }: RunOptions): Promise<{ left: Left; pinned: Record<string, number>; trials: number }> {
  const sizes = quick ? SIZES.quick : SIZES.full;
  const { seconds, train, test } = sizes;
  const samples = { train: samplesFor(sizes, 'train'), validation: samplesFor(sizes, 'validation'), test: samplesFor(sizes, 'test') };
  const found = closedForms(samples, { k: KEYS.train, from: 0, to: Math.min(train, 20), seconds });
  if (!quick)
    for (const target of ['next', 'moves'] as const)
      for (const model of Object.keys(found[target])) await record('week04-book', { model, target }, { selection: 'simulated' });
  const listed = (all: Record<string, Float64Array>) =>
    Object.fromEntries(
      Object.entries(all).map(([model, values]) => [model, [Array.from(values, (value) => Number(value.toPrecision(5)))]]),
    );
  const decay = Object.fromEntries(
    ['queue imbalance', 'micro-price', 'OFI', 'logistic with products', 'trees'].map((model) => [
      model,
      decayOf(samples.test, found.next[model]),
    ]),
  );
  const left: Left = {
    next: listed(found.next),
    moves: listed(found.moves),
    decay,
    impact: impact(KEYS.test, { from: 0, to: test, seconds }),
    truth: {
      session: [...samples.test.session],
      up: [...samples.test.up],
      moves: [...samples.test.moves],
      intervals: samples.test.intervals,
      paths: sizes.paths,
      trained: samples.train.up.length,
    },
  };
  const mean = (values: Float64Array) => values.reduce((sum, p, i) => sum + (samples.test.up[i] ? p : 1 - p), 0) / values.length;
  const pinned = Object.fromEntries(Object.entries(found.next).map(([model, values]) => [model, mean(values)]));
  return { left, pinned, trials: found.trials };
}

export default {
  name: 'week04/book',
  about:
    'What signals of a simulated limit order book are worth, shallow and deep, beside the Bayes predictor, which knows the intensities: the next mid change, and 1, 5 and 10 events.',
  seed: SEED,
  parts: ['bayes1', 'bayes2', 'closed', ...Object.keys(NETS)],
  sanity: { 'next.bayes.nll': { atLeast: 0.5, atMost: Math.LN2 }, 'next.slope': { atLeast: 0.9, atMost: 1.1 } },
  async run(options) {
    const { part } = options;
    const started = performance.now();
    const found = part.startsWith('bayes')
      ? { left: bayes(Number(part.at(-1)) - 1, options), pinned: {}, trials: 0 }
      : part === 'closed'
        ? await closed(options)
        : await nets(part, options);
    const pinned: Record<string, number> = { ...found.pinned };
    // Paths are whole numbers of lucky ones, so that a slice of few is exact or another one.
    for (const { session, rows } of found.left.bayes ?? [])
      pinned[`bayes.${session}`] = rows.reduce((sum, [a, b]) => sum + a + b, 0) / rows.length;
    return {
      numbers: {},
      tables: { left: [{ json: JSON.stringify(found.left) }] },
      trials: found.trials,
      pinned,
      minutes: { [part]: (performance.now() - started) / 60_000 },
    };
  },
  collect,
} satisfies Experiment;
