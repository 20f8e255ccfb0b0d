import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { replaceFile } from '../../../src/base/internal.js';
import { type MlpParams, mlp } from '../../../src/models/index.js';
import { meanSquaredError } from '../../../src/nn/index.js';
import { type ActorCriticParams, actorCritic, dqn, ppo, type Training } from '../../../src/rl/index.js';
import { compile, flatten, fold, type HostArray, key } from '../../../src/tensor/index.js';
import {
  agentRule,
  type ExecutionWorldConfig,
  executionCost,
  executionWorld,
  implementationShortfall,
  optimalHoldings,
  simulateExecution,
  twap,
} from '../../../src/trade/index.js';
import { gapOn, meanOf, pathsOf, problemOf } from '../execution/setting.js';

export const SLICES = 50;
const PROBLEM = problemOf(SLICES);

/** An agent that is to sell in fifty slices, paid against even sales of what it still holds. */
export interface Seller {
  readonly agent: 'dqn' | 'ppo';
  readonly sees: 'time' | 'price';
  /** λ, per unit of money. */
  readonly riskAversion: number;
}

/** What one seed came to. */
export interface Sold {
  readonly seed: number;
  /** The share of the gap on the paths that chose the snapshot. */
  readonly choice: number;
  /** What it leaves: of who sees the time alone by the closed form of its schedule, else on the paths that judge. */
  readonly test: number;
  /** What the greedy action of the last weights leaves, likewise. */
  readonly last: number;
  /** Which snapshot was chosen: `160,000, average, mean`. */
  readonly snapshot: string;
  /** The shortfall of each test path [M]. */
  readonly shortfall: readonly number[];
  /** x [N + 1] of the first test path: of all, of who sees the time alone. */
  readonly holdings: readonly number[];
  /** Σ θ² of the last weights. */
  readonly size: number;
}

const LOOKS = 4;
const STEPS = { dqn: 20_000, ppo: 160_000 };

/** Of the choice's paths as many as tell snapshots apart. */
export function pathsOfFifty(quick: boolean) {
  const { choice, test } = pathsOf(SLICES, quick);
  const M = Math.min(4000, choice.shape[0]);
  return { rule: choice, choice: { data: choice.data.subarray(0, M * SLICES), shape: [M, SLICES] }, test };
}

/** Where a fixed schedule lies between the best one, 0, and even sales, 1, by the closed form of its cost: without chance. */
export function gapOf(riskAversion: number, holdings: ArrayLike<number>): number {
  const J = (x: ArrayLike<number>) => executionCost(PROBLEM, x, riskAversion);
  const least = J(optimalHoldings(PROBLEM, riskAversion));
  return (J(holdings) - least) / (J(twap(PROBLEM)) - least);
}

function trainingOf({ agent }: Seller, config: ExecutionWorldConfig, seed: number, steps: number, quick: boolean): Training<unknown> {
  const world = executionWorld(config);
  const common = { key: fold(key(seed), 0), threads: 1, discount: 1, hidden: [32, 32], steps };
  if (agent === 'dqn')
    return dqn(world, {
      ...common,
      loss: meanSquaredError,
      learningRate: 1e-3,
      size: 50_000,
      batch: 128,
      learningStarts: quick ? 500 : 2000,
      every: 4,
      targetEvery: 400,
      multiStep: 5,
      decay: 0.999,
      explore: { from: 1, to: quick ? 1 : 0.2, share: 0.7 }, // in a slice all at random, so that no rounding tips an action
    });
  // Small batches, often: with 128 copies PPO settles on one speed for all slices. Its entropy is a share of what advantages scatter, which is little.
  return ppo(world, { ...common, count: 16, horizon: 50, learningRate: 2e-3, entropy: 0.1, clipCritic: false, decay: 0.998 });
}

type Act = (x: HostArray<Float32Array>) => Promise<ArrayLike<number>>;

/** How the weights of an agent can be played: PPO's by its likeliest speed, or by the mean of its speeds. */
function playsOf(agent: Seller['agent'], actions: number): { plays: (params: unknown) => Record<string, Act>; release: () => void } {
  const both = compile(
    (params: never, x: never) => {
      if (agent === 'dqn') return { greedy: mlp(params as MlpParams, x).argMax(-1) };
      const { policy } = actorCritic(params as ActorCriticParams, x);
      return { greedy: policy.argMax(-1), mean: policy.softmax().mul(tf.range(0, actions)).sum(-1) };
    },
    { threads: 1 },
  );
  const by =
    (name: 'greedy' | 'mean', params: unknown): Act =>
    async (x) =>
      ((await both(params as never, x as never)) as never as Record<string, { data(): Float32Array }>)[name].data();
  const names = agent === 'dqn' ? (['greedy'] as const) : (['greedy', 'mean'] as const);
  return { plays: (params) => Object.fromEntries(names.map((name) => [name, by(name, params)])), release: () => both.release() };
}

/** What an agent loses on paths z; who sees the time alone has one schedule for all. */
async function playedOn(config: ExecutionWorldConfig, act: Act, z: HostArray<Float64Array>) {
  const isBlind = config.sees === 'time';
  const { shortfall, holdings } = await simulateExecution(
    PROBLEM,
    agentRule(config, act),
    isBlind ? { data: z.data.subarray(0, SLICES), shape: [1, SLICES] } : z,
  );
  const first = holdings.data.subarray(0, SLICES + 1);
  return { shortfall: isBlind ? implementationShortfall(PROBLEM, first, z) : shortfall, holdings: first };
}

/** Trains with one seed, keeps of four looks the snapshot that loses least on the paths for choice, and judges it apart from them. */
export async function sold(seller: Seller, seed: number, { quick, folder }: { quick: boolean; folder: string }): Promise<Sold> {
  const file = join(folder, `${seed}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { agent, sees, riskAversion } = seller;
  const setting = { slices: SLICES, riskAversion };
  const config = { problem: PROBLEM, riskAversion, sees, actions: 21, against: 'rest' as const };
  const [looks, steps] = quick ? [1, 1600] : [LOOKS, STEPS[agent]];
  const training = trainingOf(seller, config, seed, steps, quick);
  const { plays, release } = playsOf(agent, config.actions);
  const { choice, test } = pathsOfFifty(quick);
  let best: { choice: number; snapshot: string; act: Act } | undefined;
  for (let look = 1; look <= looks; look++) {
    await training.advance((steps * look) / looks);
    for (const [weights, params] of Object.entries({ last: training.params(), average: training.average() }))
      for (const [how, act] of Object.entries(plays(params))) {
        const { mean } = meanOf(gapOn(setting, (await playedOn(config, act, choice)).shortfall, choice));
        if (!best || mean < best.choice)
          best = { choice: mean, snapshot: `${training.step.toLocaleString('en')}, ${weights}, ${how}`, act };
      }
  }
  const judged = async (act: Act) => {
    const { shortfall, holdings } = await playedOn(config, act, test);
    return { shortfall, holdings, left: sees === 'time' ? gapOf(riskAversion, holdings) : meanOf(gapOn(setting, shortfall, test)).mean };
  };
  const [chosen, end] = [await judged(best!.act), await judged(plays(training.params()).greedy)];
  const { leaves } = flatten<HostArray<Float32Array>>(training.params() as never);
  const found: Sold = {
    seed,
    choice: best!.choice,
    test: chosen.left,
    last: end.left,
    snapshot: best!.snapshot,
    shortfall: Array.from(chosen.shortfall),
    holdings: Array.from(chosen.holdings),
    size: leaves.reduce((sum, { data }) => sum + data.reduce((s, v) => s + v * v, 0), 0),
  };
  training.release();
  release();
  replaceFile(file, JSON.stringify(found));
  return found;
}
