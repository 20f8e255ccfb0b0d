import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../src/base/index.js';
import { replaceFile } from '../src/base/internal.js';
import { type MlpParams, mlp } from '../src/models/index.js';
import { meanSquaredError } from '../src/nn/index.js';
import type { Finding } from '../src/report/index.js';
import { type ActorCriticParams, actorCritic, dqn, evaluate, ppo, type Training, type World } from '../src/rl/index.js';
import { confidenceInterval } from '../src/stats/index.js';
import { compile, flatten, fold, type HostArray, key } from '../src/tensor/index.js';
import type { Experiment, Found } from './experiment.js';

const STEPS = 500_000;
const SEEDS = 10;
const EPISODES = 100;
/** How often the policies are looked at on the way: what they earn there decides nothing. */
const LOOKS = 25;
/** The last of them, a fifth of the training, of which the best is taken with hindsight. */
const LATE = 5;
/** Of the running mean of the weights, one update at a time, chosen before the first run. */
const DECAY = 0.999;

/** What the weights and their running mean earn on average, greedily, at one look. */
interface Look {
  readonly step: number;
  readonly raw: number;
  readonly averaged: number;
}

/** A training at CleanRL's hyper-parameters; in a slice one that acts at random, so that no rounding tips an action. */
function trainingOf(world: World, agent: string, seed: number, quick: boolean): Training<unknown> {
  const common = { key: fold(key(seed), 0), decay: DECAY, threads: 1 };
  if (agent === 'ppo') return ppo(world, { ...common, steps: quick ? 1024 : STEPS });
  const slice = { steps: 800, learningStarts: 300, targetEvery: 100, explore: { from: 1, to: 1, share: 1 } };
  return dqn(world, { ...common, loss: meanSquaredError, ...(quick ? slice : { steps: STEPS }) });
}

/** Σ θ² of the weights: it moves when anything does. */
const size = (params: unknown): number =>
  flatten<HostArray<Float32Array>>(params as never).leaves.reduce((sum, { data }) => sum + data.reduce((s, v) => s + v * v, 0), 0);

/** Trains with one seed, and says what the policy earns in new episodes on the way and at the end; what was killed goes on. */
async function looksOf(
  world: World,
  { agent, seed, quick, folder, onLook }: { agent: string; seed: number; quick: boolean; folder: string; onLook: (look: Look) => void },
) {
  const training = trainingOf(world, agent, seed, quick);
  const [checkpoint, file] = [join(folder, `${agent}-${seed}.safetensors`), join(folder, `${agent}-${seed}.json`)];
  const looks: Look[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const steps = quick ? 800 : STEPS;
  const count = quick ? 1 : LOOKS;
  if (looks.length < count) training.restore(checkpoint);
  const best =
    agent === 'dqn'
      ? compile((params: never, x: never) => mlp(params as MlpParams, x).argMax(-1), { threads: 1 })
      : compile((params: never, x: never) => actorCritic(params as ActorCriticParams, x).policy.argMax(-1), { threads: 1 });
  const earned = async (params: unknown) => {
    const act = async (x: HostArray<Float32Array>) => (await best(params as never, x as never)).data() as Int32Array;
    const all = await evaluate(world, act, { key: fold(key(seed), 1), episodes: quick ? 2 : EPISODES });
    return all.reduce((a, b) => a + b, 0) / all.length;
  };
  while (looks.length < count) {
    await training.advance((steps * (looks.length + 1)) / count);
    looks.push({ step: training.step, raw: await earned(training.params()), averaged: await earned(training.average()) });
    training.save(checkpoint);
    replaceFile(file, JSON.stringify(looks));
    onLook(looks.at(-1)!);
  }
  const pin = size(training.average());
  training.release();
  best.release();
  return { looks, pin };
}

/** A mean over seeds with its interval of Student's t. */
function meanOver(values: readonly number[], description: string): Finding {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const error = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1) / n);
  const { low, high } = confidenceInterval(mean, error, { df: n - 1 });
  return { value: mean, uncertainty: [low, high], unit: '1', description, tolerance: 1 };
}

/** DQN and PPO, with ten seeds each, on one of Gymnasium's worlds. */
export const control = (world: World): Pick<Experiment, 'parts' | 'run'> => ({
  parts: ['dqn', 'ppo'],
  async run({ part: agent, quick, onStep, folder }) {
    const rows: Row[] = [];
    const started = performance.now();
    let [done, pinned] = [0, 0];
    const seeds = quick ? 2 : SEEDS;
    for (let seed = 1; seed <= seeds; seed++) {
      const each = ({ step, averaged }: Look) => onStep(++done, seeds * LOOKS, `seed ${seed}, step ${step}: ${averaged.toFixed(1)}`);
      const { looks, pin } = await looksOf(world, { agent, seed, quick, folder, onLook: each });
      pinned += pin;
      rows.push(...looks.map((look) => ({ agent, seed, ...look })));
    }
    const final = rows.filter((row) => row.step === Math.max(...rows.map(({ step }) => Number(step))));
    const of = (name: 'raw' | 'averaged') => final.map((row) => Number(row[name]));
    const what = `return of ${agent.toUpperCase()} on ${world.name}, greedy, ${EPISODES} new episodes for each of ${SEEDS} seeds`;
    // What a run earned at the best of its last looks, of which the final weights are one draw.
    const late = final.map(({ seed }) =>
      Math.max(
        ...rows
          .filter((row) => row.seed === seed)
          .slice(-LATE)
          .map(({ raw }) => Number(raw)),
      ),
    );
    return {
      numbers: {
        [`${agent}-raw`]: meanOver(of('raw'), `${what}, final weights`),
        [`${agent}-averaged`]: meanOver(of('averaged'), `${what}, running mean of weights`),
        [`${agent}-gain`]: meanOver(
          of('averaged').map((v, i) => v - of('raw')[i]),
          `${what}: running mean less final weights, paired`,
        ),
        [`${agent}-late`]: meanOver(late, `${what}, weights at the best of the last ${LATE} looks, chosen with hindsight`),
      },
      tables: { [agent]: rows },
      trials: 1,
      pinned: { [agent]: pinned },
      minutes: { [agent]: (performance.now() - started) / 60_000 },
    } satisfies Found;
  },
});
