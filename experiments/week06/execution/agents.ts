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
  executionWorld,
  implementationShortfall,
  simulateExecution,
} from '../../../src/trade/index.js';
import { gapOn, meanOf, pathsOf, problemOf, type Setting } from './setting.js';

/** An agent that is to sell: how it learns, and what it sees. */
export interface Agent extends Setting {
  readonly agent: 'dqn' | 'ppo';
  readonly sees: 'time' | 'price';
}

/** What one seed came to. */
export interface Seeded {
  readonly seed: number;
  /** The share of the gap on the paths that chose the snapshot, and on those that judge it. */
  readonly choice: number;
  readonly test: number;
  /** What the greedy action of the last weights leaves, on the paths that judge. */
  readonly last: number;
  /** Which snapshot was chosen: `400,000, average, mean`. */
  readonly snapshot: string;
  /** The shortfall of each test path [M]. */
  readonly shortfall: readonly number[];
  /** x [N + 1] of the first test path. */
  readonly holdings: readonly number[];
  /** Σ θ² of the last weights. */
  readonly size: number;
}

const LOOKS = 10;
const STEPS = { dqn: { 5: 60_000, 50: 60_000 }, ppo: { 5: 512_000, 50: 640_000 } } as Record<string, Record<number, number>>;
const HIDDEN = [64, 64];

function trainingOf({ agent, slices }: Agent, config: ExecutionWorldConfig, seed: number, quick: boolean): Training<unknown> {
  const world = executionWorld(config);
  const common = { key: fold(key(seed), 0), threads: 1, discount: 1, hidden: HIDDEN, steps: quick ? 2560 : STEPS[agent][slices] };
  if (agent === 'dqn')
    return dqn(world, {
      ...common,
      loss: meanSquaredError,
      learningRate: 5e-4,
      size: 50_000,
      batch: 256,
      learningStarts: quick ? 500 : 2000,
      every: 4,
      targetEvery: 400,
      multiStep: 5,
      decay: 0.999,
      explore: { from: 1, to: quick ? 1 : 0.2, share: 0.7 }, // in a slice all at random, so that no rounding tips an action
    });
  return ppo(world, {
    ...common,
    count: 128,
    horizon: slices === 5 ? 20 : 50,
    learningRate: 1e-3,
    entropy: 0.01,
    clipCritic: false,
    decay: 0.99,
  });
}

type Act = (x: HostArray<Float32Array>) => Promise<ArrayLike<number>>;

/** How the weights of an agent can be played: PPO's by its likeliest speed, or by the mean of its speeds. */
function playsOf({ agent }: Agent, actions: number): { plays: (params: unknown) => Record<string, Act>; release: () => void } {
  if (agent === 'dqn') {
    const best = compile((params: never, x: never) => mlp(params as MlpParams, x).argMax(-1), { threads: 1 });
    return {
      plays: (params) => ({ greedy: async (x) => (await best(params as never, x as never)).data() as Int32Array }),
      release: () => best.release(),
    };
  }
  const both = compile(
    (params: never, x: never) => {
      const { policy } = actorCritic(params as ActorCriticParams, x);
      return { greedy: policy.argMax(-1), mean: policy.softmax().mul(tf.range(0, actions)).sum(-1) };
    },
    { threads: 1 },
  );
  const by =
    (name: 'greedy' | 'mean', params: unknown): Act =>
    async (x) =>
      (await both(params as never, x as never))[name].data() as Float32Array;
  return { plays: (params) => ({ greedy: by('greedy', params), mean: by('mean', params) }), release: () => both.release() };
}

/** What an agent loses on paths z; who sees the time alone has one schedule for all. */
async function playedOn({ sees, slices }: Agent, config: ExecutionWorldConfig, act: Act, z: HostArray<Float64Array>) {
  const problem = problemOf(slices);
  const one = sees === 'time' ? { data: z.data.subarray(0, slices), shape: [1, slices] } : z;
  const { shortfall, holdings } = await simulateExecution(problem, agentRule(config, act), one);
  const first = holdings.data.subarray(0, slices + 1);
  return { shortfall: sees === 'time' ? implementationShortfall(problem, first, z) : shortfall, holdings: first };
}

/** Trains with one seed, keeps of ten looks the snapshot that loses least on the paths for choice, and judges it on others. */
export async function seeded(agent: Agent, seed: number, { quick, folder }: { quick: boolean; folder: string }): Promise<Seeded> {
  const file = join(folder, `${seed}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  // Of few slices each sells much, so that the last need finer speeds; of many the last hardly count, and their advantages drown in noise.
  const pace = agent.slices === 5 ? ('rest' as const) : ('block' as const);
  const config = { problem: problemOf(agent.slices), riskAversion: agent.riskAversion, sees: agent.sees, actions: 21, pace };
  const training = trainingOf(agent, config, seed, quick);
  const { plays, release } = playsOf(agent, config.actions);
  const { choice, test } = pathsOf(agent.slices, quick);
  const looks = quick ? 1 : LOOKS;
  const steps = quick ? 2560 : STEPS[agent.agent][agent.slices];
  let best: Omit<Seeded, 'last' | 'size'> | undefined;
  for (let look = 1; look <= looks; look++) {
    await training.advance((steps * look) / looks);
    for (const [weights, params] of Object.entries({ last: training.params(), average: training.average() }))
      for (const [how, act] of Object.entries(plays(params))) {
        const { shortfall } = await playedOn(agent, config, act, choice);
        const { mean } = meanOf(gapOn(agent, shortfall, choice));
        if (best && best.choice <= mean) continue;
        const judged = await playedOn(agent, config, act, test);
        best = {
          seed,
          choice: mean,
          test: meanOf(gapOn(agent, judged.shortfall, test)).mean,
          snapshot: `${training.step.toLocaleString('en')}, ${weights}, ${how}`,
          shortfall: Array.from(judged.shortfall),
          holdings: Array.from(judged.holdings),
        };
      }
  }
  const end = await playedOn(agent, config, plays(training.params()).greedy, test);
  const { leaves } = flatten<HostArray<Float32Array>>(training.params() as never);
  const size = leaves.reduce((sum, { data }) => sum + data.reduce((s, v) => s + v * v, 0), 0);
  const found = { ...best!, last: meanOf(gapOn(agent, end.shortfall, test)).mean, size };
  training.release();
  release();
  replaceFile(file, JSON.stringify(found));
  return found;
}
