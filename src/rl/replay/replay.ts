import { type HostArray, type Key, randint, uniform } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { Transitions } from '../agents/q-network.js';
import type { Step } from '../environments/environments.js';
import { multiStep } from './multi-step.js';
import { sumTree } from './sum-tree.js';

/** How much the errors of transitions say about how often they are drawn. */
export interface Priority {
  /** α, of p = (|δ| + ε)^α: 0 draws all alike; 0.6 when left out. */
  readonly exponent?: number;
  /** ε, so that none is never drawn again: 10⁻⁶ when left out. */
  readonly least?: number;
}

/** What a replay keeps. */
export interface ReplayConfig {
  /** The most transitions; the oldest go first. */
  readonly size: number;
  /** N copies of the world, which add a transition each at every step. */
  readonly count: number;
  /** F, the numbers of an observation. */
  readonly features: number;
  /** n, after how many steps a transition asks the network what is next: 1 when left out. */
  readonly steps?: number;
  /** γ, what a reward is worth one step later: 0.99 when left out. It counts where n is 2 or more. */
  readonly discount?: number;
  /** Draws by error where it is given, uniformly otherwise. */
  readonly priority?: Priority;
}

/** Transitions as `dqnStep` takes them, with where they are kept. */
export interface ReplaySample {
  /** What was drawn, with B rows. */
  readonly transitions: Transitions<HostArray>;
  /** Where each lies [B]: for `update`. */
  readonly rows: Int32Array;
}

/** What was seen, done and earned, to learn from again. */
export interface Replay {
  /** How many transitions there are. */
  readonly length: number;
  /** Takes the first observations x [N, F], before any step. */
  start(observation: HostArray<Float32Array>): void;
  /**
   * Adds what the actions [N] came to.
   *
   * @throws before `start`
   */
  add(action: ArrayLike<number>, step: Step): void;
  /**
   * Draws with replacement.
   *
   * @param key         of this draw: the same key draws the same
   * @param batch       B
   * @param importance  β, of the weights w = (n P)^−β / max w, where there is a priority: 1 undoes what the priority favours, on average
   * @throws            when there is nothing to draw
   */
  sample(key: Key, batch: number, importance?: number): ReplaySample;
  /** Says how wrong the values of drawn transitions were, δ [B]. */
  update(rows: Int32Array, errors: ArrayLike<number>): void;
  /** All that there is, by name. */
  save(): Readonly<Record<string, Float32Array | Float64Array | Int32Array>>;
  /** @throws when it is of another replay */
  restore(saved: Readonly<Record<string, ArrayLike<number>>>): void;
}

/**
 * A memory of transitions, uniform or by priority, of one step or several.
 *
 *     const memory = replay({ size: 10_000, count: 1, features: 4 });
 *     memory.start(copies.reset());
 *     for (…) memory.add(actions, copies.step(actions));
 *     const { transitions } = memory.sample(fold(key, t), 128);
 *
 * A transition goes from s to the true s′, of `finalObservation`, and `terminated` is 1 only where nothing follows s′. With steps n it is
 * r = Σ γᵏ rₜ₊ₖ and s′ = sₜ₊ₙ, and brings its own `discount` γⁿ, or γᵐ where the episode ended after m steps. With a priority a new one
 * has the largest that there was, and the draw is one of each of B equal parts of the whole (stratified).
 *
 * @throws when a size is no positive integer, or α, ε or γ is out of range
 *
 * Lin 1992; Mnih et al. 2015; Schaul et al. 2016, eqs. 1 and section 3.4, where the largest weight is that of the batch.
 */
export function replay(config: ReplayConfig): Replay {
  checkOptions('replay', config, ['size', 'count', 'features', 'steps', 'discount', 'priority']);
  const { size, count: N, features: F, steps = 1, discount = 0.99, priority } = config;
  for (const [name, value] of Object.entries({ size, count: N, features: F, steps })) checkWhole('replay', name, value);
  checkNumber('replay', 'discount', discount, { from: 0, to: 1 });
  checkOptions('replay: priority', priority, ['exponent', 'least']);
  const { exponent = 0.6, least = 1e-6 } = priority ?? {};
  checkNumber('replay', 'exponent', exponent, { from: 0 });
  checkNumber('replay', 'least', least, { above: 0 });

  const [states, nexts] = [new Float32Array(size * F), new Float32Array(size * F)];
  const [actions, rewards, discounts, ends] = [
    new Int32Array(size),
    new Float32Array(size),
    new Float32Array(size),
    new Float32Array(size),
  ];
  const pending = multiStep(N, { steps, features: F, discount });
  const tree = priority && sumTree(size);
  const current = new Float32Array(N * F);
  /** How many were added in all, and the largest priority so far; whether `start` was called. */
  const counts = { added: 0, largest: 1, isStarted: 0 };
  const length = () => Math.min(counts.added, size);

  const keep = (state: Float32Array, action: number, stretch: { reward: number; discount: number }, next: Float32Array, end: number) => {
    const i = counts.added % size;
    states.set(state, i * F);
    nexts.set(next, i * F);
    [actions[i], rewards[i], discounts[i], ends[i]] = [action, stretch.reward, stretch.discount, end];
    tree?.set(i, counts.largest);
    counts.added++;
  };
  const drawn = (k: Key, B: number): Int32Array => {
    if (!tree) return randint(k, [B], 0, length()).data;
    const { data: u } = uniform(k, [B], 'float64');
    return Int32Array.from(u, (v, j) => tree.find(((j + v) / B) * tree.total()));
  };
  const weights = (rows: Int32Array, beta: number): Float32Array => {
    const w = Float64Array.from(rows, (i) => ((length() * tree!.at(i)) / tree!.total()) ** -beta);
    const most = w.reduce((a, b) => Math.max(a, b), 0);
    return Float32Array.from(w, (v) => v / most);
  };

  return {
    get length() {
      return length();
    },
    start(observation) {
      current.set(observation.data);
      counts.isStarted = 1;
    },
    add(action, { observation, finalObservation, reward, terminated, truncated }) {
      if (!counts.isStarted) throw new Error('replay: call start(copies.reset()) before the first step is added');
      for (let c = 0; c < N; c++) {
        const [state, next] = [current, finalObservation.data].map((x) => x.subarray(c * F, (c + 1) * F));
        const end = terminated.data[c];
        const isOver = end === 1 || truncated.data[c] === 1;
        pending.push(c, { state, action: action[c], reward: reward.data[c], isOver }, (s, a, stretch) => keep(s, a, stretch, next, end));
      }
      current.set(observation.data);
    },
    sample(k, B, importance = 1) {
      if (length() === 0) throw new Error('replay: there is nothing to draw yet; add transitions first');
      const rows = drawn(k, B);
      const numbers = (all: Float32Array) => ({ data: gathered(all, rows, new Float32Array(B)), shape: [B] });
      const observations = (all: Float32Array) => {
        const data = new Float32Array(B * F);
        for (let j = 0; j < B; j++) for (let f = 0; f < F; f++) data[j * F + f] = all[rows[j] * F + f];
        return { data, shape: [B, F] };
      };
      const transitions = {
        state: observations(states),
        action: { data: gathered(actions, rows, new Int32Array(B)), shape: [B] },
        reward: numbers(rewards),
        next: observations(nexts),
        terminated: numbers(ends),
        ...(steps > 1 && { discount: numbers(discounts) }),
        ...(tree && { weight: { data: weights(rows, importance), shape: [B] } }),
      };
      return { transitions, rows };
    },
    update(rows, errors) {
      if (!tree) throw new Error('replay: it draws uniformly; give it a priority: replay({ …, priority: {} })');
      if (errors.length !== rows.length)
        throw new Error(`replay: update takes one error for each of ${rows.length} rows, got ${errors.length}`);
      for (const [j, i] of rows.entries()) {
        const p = (Math.abs(errors[j]) + least) ** exponent;
        if (!Number.isFinite(p)) throw new Error(`replay: the error of row ${i} is ${errors[j]}; did the network diverge?`);
        counts.largest = Math.max(counts.largest, p);
        tree.set(i, p);
      }
    },
    save() {
      const n = length();
      return {
        states: states.slice(0, n * F),
        nexts: nexts.slice(0, n * F),
        actions: actions.slice(0, n),
        rewards: rewards.slice(0, n),
        discounts: discounts.slice(0, n),
        ends: ends.slice(0, n),
        ...(tree && { priorities: Float64Array.from({ length: n }, (_, i) => tree.at(i)) }),
        current: current.slice(),
        waitingStates: pending.kept.states.slice(),
        waitingActions: pending.kept.actions.slice(),
        waitingRewards: pending.kept.rewards.slice(),
        waiting: pending.kept.waiting.slice(),
        counts: Float64Array.of(counts.added, counts.largest, counts.isStarted),
      };
    },
    restore(saved) {
      const { states: waitingStates, actions: waitingActions, rewards: waitingRewards, waiting } = pending.kept;
      const whole = { current, waitingStates, waitingActions, waitingRewards, waiting };
      const [added, largest, isStarted] = Array.from(saved.counts ?? []);
      const n = Math.min(added, size);
      const parts = { states, nexts, actions, rewards, discounts, ends };
      const fits =
        Object.entries(whole).every(([name, array]) => saved[name]?.length === array.length) &&
        saved.states?.length === n * F &&
        (saved.priorities?.length ?? 0) === (tree ? n : 0);
      if (!fits) throw new Error('replay: what was saved is of another replay: its size, count, features, steps or priority differ');
      for (const [name, array] of Object.entries({ ...whole, ...parts })) array.set(saved[name]);
      for (let i = 0; tree && i < n; i++) tree.set(i, saved.priorities[i]);
      Object.assign(counts, { added, largest, isStarted });
    },
  };
}

/** By a loop: `from` with a function takes ten times as long. */
function gathered<D extends Float32Array | Int32Array>(all: D, rows: Int32Array, into: D): D {
  for (let j = 0; j < rows.length; j++) into[j] = all[rows[j]];
  return into;
}
