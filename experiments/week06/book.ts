import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, key, type Row } from '../../src/base/index.js';
import { replaceFile } from '../../src/base/internal.js';
import { simulate } from '../../src/market/index.js';
import type { Finding } from '../../src/report/index.js';
import { type ActorCriticParams, actorCritic, ppo } from '../../src/rl/index.js';
import { compile } from '../../src/tensor/index.js';
import { type BookRule, type BookTape, bookAgent, bookTape, bookWorld, sellIntoBook } from '../../src/trade/index.js';
import type { Experiment, Found } from '../experiment.js';
import { meanOf, overSeeds } from './execution/setting.js';

const SEED = 660;
const SEEDS = 5;
const [SLICES, SECONDS, BEFORE] = [20, 15, 60];
const BLOCK = { shares: 4000, tick: 100 };
const STEPS = 320_000;
const LOOKS = 4;
/** How strongly the rule answers to the flow; the choice must not be at either end. */
const RESPONSES = Array.from({ length: 17 }, (_, i) => i / 4 - 2);

/** Books in which market orders cause others of their kind for some twenty seconds, so that what bought goes on to buy. */
function tapeOf(part: number, episodes: number): BookTape {
  const all = function* () {
    for (let e = 0; e < episodes; e++)
      yield simulate.orderFlow(fold(fold(key(SEED), part), e), {
        baseline: [0.8, 0.8, 0.1, 0.1],
        branching: [
          [0.2, 0, 0.2, 0.2],
          [0, 0.2, 0.2, 0.2],
          [0, 0, 0.7, 0],
          [0, 0, 0, 0.7],
        ],
        decay: 0.05,
        lifetime: 20,
        open: 0,
        until: BEFORE + SLICES * SECONDS,
      });
  };
  return bookTape(all(), { slices: SLICES, seconds: SECONDS, from: BEFORE, levels: 10 });
}

const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
const evenly = (x: number, slice: number) => x / (SLICES - slice);

/** Who needs no training, in the books of a tape. Volume is even on average, so who follows it must follow what traded in the last slice. */
function schedules(tape: BookTape, learnt: BookTape): Record<string, BookRule> {
  const typical = meanOf(learnt.volume.data).mean;
  const last = (e: number, slice: number) => tape.volume.data[e * (SLICES + 1) + slice];
  return {
    TWAP: ({ slice, holdings }) => holdings.map((x) => evenly(x, slice)),
    VWAP: ({ slice, episode, holdings }) => holdings.map((_, m) => ((BLOCK.shares / SLICES) * last(episode[m], slice)) / typical),
    immediate: ({ holdings }) => holdings,
  };
}

/** Even sales of the rest, e^(−bf) times as fast: f is what market orders bought in the last slice, in deviations, so that b > 0 hurries while others sell. */
const withTheFlow =
  (tape: BookTape, unit: number, response: number): BookRule =>
  ({ slice, episode, holdings }) =>
    holdings.map((x, m) => evenly(x, slice) * Math.exp((-response * tape.flow.data[episode[m] * (SLICES + 1) + slice]) / unit));

/** What PPO of one seed loses in each book that judges [E], by the snapshot that loses least in those for choice. */
async function trained(seed: number, tapes: { learnt: BookTape; choice: BookTape; test: BookTape }, quick: boolean) {
  const config = { ...BLOCK, tape: tapes.learnt };
  const steps = quick ? 1600 : STEPS;
  const training = ppo(bookWorld(config), {
    key: fold(key(SEED + 1), seed),
    threads: 1,
    discount: 1,
    hidden: [32, 32],
    steps,
    count: 64,
    horizon: 20,
    learningRate: 1e-3,
    entropy: 0.01,
    clipCritic: false,
    decay: 0.998,
  });
  const { actions } = training.world;
  const both = compile(
    (params: never, x: never) => {
      const { policy } = actorCritic(params as ActorCriticParams, x);
      return { greedy: policy.argMax(-1), mean: policy.softmax().mul(tf.range(0, actions)).sum(-1) };
    },
    { threads: 1 },
  );
  const lost = (params: unknown, how: 'greedy' | 'mean', tape: BookTape) => {
    const act = async (x: HostArray<Float32Array>) => (await both(params as never, x as never))[how].data() as Float32Array;
    return sellIntoBook({ ...BLOCK, tape }, bookAgent(config, act, tape));
  };
  let best: { choice: number; params: unknown; how: 'greedy' | 'mean' } | undefined;
  for (let look = 1; look <= (quick ? 1 : LOOKS); look++) {
    await training.advance((steps * look) / LOOKS);
    for (const params of [training.params(), training.average()])
      for (const how of ['greedy', 'mean'] as const) {
        const { mean } = meanOf(await lost(params, how, tapes.choice));
        if (!best || mean < best.choice) best = { choice: mean, params, how };
      }
  }
  const found = { choice: best!.choice, lost: Array.from(await lost(best!.params, best!.how, tapes.test)) };
  training.release();
  both.release();
  return found;
}

async function found(quick: boolean, folder: string, onStep: (done: number, total: number, note?: string) => void): Promise<Found> {
  const started = performance.now();
  const [learnt, choice, test] = [600, 400, 1000].map((episodes, part) => tapeOf(part, quick ? 12 : episodes));
  const [all, config] = [schedules(test, learnt), { ...BLOCK, tape: test }];
  const unit = rms(learnt.flow.data);
  const tried: number[] = [];
  for (const response of RESPONSES)
    tried.push(meanOf(await sellIntoBook({ ...BLOCK, tape: choice }, withTheFlow(choice, unit, response))).mean);
  const at = tried.indexOf(Math.min(...tried));
  if (!quick && (at === 0 || at === RESPONSES.length - 1))
    throw new Error(`the best response ${RESPONSES[at]} is at an end; widen RESPONSES`);
  all['with the flow'] = withTheFlow(test, unit, RESPONSES[at]);

  const lost: Record<string, Float64Array> = {};
  for (const [seller, rule] of Object.entries(all)) lost[seller] = await sellIntoBook(config, rule);
  const seeds: { choice: number; lost: number[] }[] = [];
  for (let seed = 1; seed <= (quick ? 2 : SEEDS); seed++) {
    const file = join(folder, `${seed}.json`);
    if (!existsSync(file)) replaceFile(file, JSON.stringify(await trained(seed, { learnt, choice, test }, quick)));
    seeds.push(JSON.parse(readFileSync(file, 'utf8')));
    onStep(seed, SEEDS, `seed ${seed}: ${meanOf(seeds.at(-1)!.lost).mean.toFixed(2)} bp`);
  }
  lost.PPO = lost.TWAP.map((_, e) => meanOf(seeds.map((one) => one.lost[e])).mean);

  const less = (seller: string, than: string) => lost[than].map((c, e) => c - lost[seller][e]);
  const ofSeeds = (than: string, within = (_: number) => true): { value: number; uncertainty: [number, number] } => {
    const of = (values: ArrayLike<number>) => Array.from(values).filter((_, e) => within(e));
    const each = seeds.map((one) => meanOf(of(lost[than].map((c, e) => c - one.lost[e]))).mean);
    return { value: meanOf(each).mean, uncertainty: overSeeds(each, meanOf(of(less('PPO', than))).error) };
  };
  // How each book's price went, from its first look to its last, in basis points: into thirds.
  const N = SLICES + 1;
  const move = lost.TWAP.map((_, e) => 1e4 * (test.mid.data[e * N + SLICES] / test.mid.data[e * N] - 1));
  const sorted = move.toSorted();
  const [low, high] = [1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)]);
  const thirds = {
    fell: (e: number) => move[e] < low,
    between: (e: number) => move[e] >= low && move[e] < high,
    rose: (e: number) => move[e] >= high,
  };
  const numbers: Record<string, Finding> = {};
  const note = (name: string, value: number, uncertainty: Finding['uncertainty'], description: string, unit = 'bp') => {
    numbers[name] = { value, uncertainty, unit, description, tolerance: 0.5 };
  };
  for (const seller of ['VWAP', 'immediate', 'with the flow']) {
    const { mean, error } = meanOf(less(seller, 'TWAP'));
    note(`gain-${seller.replaceAll(' ', '-')}`, mean, error, `${seller}: what it loses less than even sales in the same books`);
  }
  for (const than of Object.keys(all)) {
    const { value, uncertainty } = ofSeeds(than);
    note(
      `gain-PPO-on-${than.replaceAll(' ', '-')}`,
      value,
      uncertainty,
      `PPO, ${SEEDS} seeds: what it loses less than ${than} in the same books`,
    );
  }
  for (const [third, within] of Object.entries(thirds)) {
    const { value, uncertainty } = ofSeeds('TWAP', within);
    note(
      `gain-PPO-${third}`,
      value,
      uncertainty,
      `PPO less even sales in the third of books whose price ${third === 'between' ? 'did neither' : third} most`,
    );
  }
  const flow = test.flow.data.filter((_, i) => i % N < SLICES);
  const next = Float64Array.from(flow, (_, i) => test.mid.data[i + Math.floor(i / SLICES) + 1] - test.mid.data[i + Math.floor(i / SLICES)]);
  const r = flow.reduce((sum, f, i) => sum + f * next[i], 0) / flow.length / rms(flow) / rms(next);
  note(
    'predicted',
    r,
    1 / Math.sqrt(flow.length),
    'correlation of what market orders bought in a slice with the move of the mid price in the next',
    '1',
  );
  note(
    'response',
    RESPONSES[at],
    'none: chosen',
    `the rule's response to the flow, the best of ${RESPONSES.length} in books of their own`,
    '1',
  );
  const rows: Row[] = Object.entries(lost).map(([seller, C]) => {
    const [cost, gain] = [meanOf(C), meanOf(less(seller, 'TWAP'))];
    const worse = less(seller, 'TWAP').filter((g) => g < 0).length / C.length;
    return {
      seller,
      mean: cost.mean,
      meanError: cost.error,
      deviation: cost.error * Math.sqrt(C.length),
      gain: gain.mean,
      gainError: gain.error,
      worse,
    };
  });
  return {
    numbers,
    tables: { sellers: rows, seeds: seeds.map((one, i) => ({ seed: i + 1, choice: one.choice, test: meanOf(one.lost).mean })) },
    trials: RESPONSES.length + 1,
    pinned: Object.fromEntries(Object.entries(lost).map(([seller, C]) => [seller, meanOf(C).mean])),
    minutes: { all: (performance.now() - started) / 60_000 },
  };
}

export default {
  name: 'week06/book',
  about:
    'A block sold into a simulated book whose flow is partly predictable: what an agent and a rule gain on schedules, and when they lose.',
  seed: SEED,
  run: ({ quick, folder, onStep }) => found(quick, folder, onStep),
  sanity: { predicted: { atLeast: 0.05 } },
} satisfies Experiment;
