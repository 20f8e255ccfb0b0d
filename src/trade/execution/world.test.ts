import { describe, expect, it } from 'vitest';
import { ALMGREN_CHRISS as PAPER } from '../../../tests/support/almgren-chriss.js';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { key, normal } from '../../base/index.js';
import { environment, environments, evaluate } from '../../rl/index.js';
import { costMoments, executionCost, optimalHoldings } from './almgren-chriss.js';
import { twap } from './schedules.js';
import { implementationShortfall } from './shortfall.js';
import { type ExecutionRule, fasterWhenAhead, simulateExecution } from './simulate.js';
import { agentRule, type ExecutionWorldConfig, executionWorld } from './world.js';

const UNIT = 0.95 * 1e6 * Math.sqrt(5);
const LAMBDA = 1e-6;
const BLIND: ExecutionWorldConfig = { problem: PAPER, riskAversion: LAMBDA, sees: 'time' };
const SEEING: ExecutionWorldConfig = { ...BLIND, sees: 'price' };

const follow =
  (holdings: Float64Array): ExecutionRule =>
  ({ slice, holdings: left }) =>
    left.map(() => holdings[slice] - holdings[slice + 1]);

describe('simulateExecution', () => {
  it('of a rule that follows a schedule is the shortfall of that schedule', async () => {
    for (const slices of [5, 50]) {
      const problem = { ...PAPER, slices };
      const z = normal(key(1), [100, slices], 'float64');
      const best = optimalHoldings(problem, LAMBDA);
      const { shortfall, holdings } = await simulateExecution(problem, follow(best), z);
      const fixed = implementationShortfall(problem, best, z);
      expect(Math.max(...shortfall.map((c, m) => Math.abs(c - fixed[m])))).toBeLessThan(1e-6);
      expect(Math.max(...best.map((x, k) => Math.abs(x - holdings.data[k])))).toBeLessThan(1e-6);
      expect(holdings.shape).toEqual([100, slices + 1]);
    }
  });

  it('cuts what is more than there is, and sells what is left at the end', async () => {
    const z = { data: new Float64Array(5), shape: [1, 5] };
    const { holdings } = await simulateExecution(PAPER, ({ slice }) => [[-1, 4e5, 9e9, 0, 0][slice]], z);
    expect(Array.from(holdings.data)).toEqual([1e6, 1e6, 6e5, 0, 0, 0]);
    const kept = await simulateExecution(PAPER, () => [0], z);
    expect(Array.from(kept.holdings.data)).toEqual([1e6, 1e6, 1e6, 1e6, 1e6, 0]);
    await expect(simulateExecution(PAPER, () => [Number.NaN], z)).rejects.toThrow(
      'simulateExecution: the rule sells NaN shares on path 0 in slice 0; it must be a number',
    );
    await expect(simulateExecution(PAPER, () => [], z)).rejects.toThrow('the rule sells undefined shares');
    await expect(simulateExecution(PAPER, () => [0], { data: new Float64Array(4), shape: [1, 4] })).rejects.toThrow(
      'simulateExecution: z must be [M, 5], a number for each slice of each path, got [1,4]',
    );
  });
});

describe('fasterWhenAhead', () => {
  const M = 20_000;

  it('is the optimal schedule where it does not respond', async () => {
    const z = normal(key(2), [50, 5], 'float64');
    const { holdings } = await simulateExecution(PAPER, fasterWhenAhead(PAPER, LAMBDA, 0), z);
    const best = optimalHoldings(PAPER, LAMBDA);
    for (let i = 0; i < holdings.data.length; i++) expect(holdings.data[i]).toBeCloseTo(best[i % 6], 5);
  });

  it('sells more after a rise than after a fall of the price', async () => {
    const z = { data: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0), shape: [3, 5] };
    const { holdings } = await simulateExecution(PAPER, fasterWhenAhead(PAPER, LAMBDA, 0.5), z);
    const second = [0, 1, 2].map((m) => holdings.data[6 * m + 2]);
    expect(second[0]).toBeLessThan(second[1]);
    expect(second[1]).toBeLessThan(second[2]);
  });

  // Lorenz & Almgren 2011: the optimum of fixed schedules is not that of all strategies.
  it('beats the best fixed schedule on the same paths by more than four errors', async () => {
    const z = normal(key(3), [M, 5], 'float64');
    const J = (cost: Float64Array) => {
      const mean = cost.reduce((sum, c) => sum + c, 0) / M;
      return cost.map((c) => c + LAMBDA * (c - mean) ** 2); // its mean is E + λV, and its variance that of the estimate
    };
    const fixed = J(implementationShortfall(PAPER, optimalHoldings(PAPER, LAMBDA), z));
    const ahead = J((await simulateExecution(PAPER, fasterWhenAhead(PAPER, LAMBDA, 0.3), z)).shortfall);
    const gain = fixed.map((c, m) => c - ahead[m]);
    const mean = gain.reduce((sum, g) => sum + g, 0) / M;
    const error = Math.sqrt(gain.reduce((sum, g) => sum + (g - mean) ** 2, 0) / M / M);
    expect(mean).toBeGreaterThan(4 * error);
  });

  it('follows a schedule so hurried that its last holdings are zeros', async () => {
    const many = { ...PAPER, days: 250, slices: 250 };
    const schedule = optimalHoldings(many, 1e-2);
    expect(schedule[200]).toBe(0);
    const { holdings } = await simulateExecution(many, fasterWhenAhead(many, 1e-2, 0), normal(key(3), [1, 250], 'float64'));
    schedule.forEach((x, k) => void expect(holdings.data[k]).toBeCloseTo(x, 5));
  });

  it('refuses a block that is sold at once', () => {
    expect(() => fasterWhenAhead({ ...PAPER, slices: 1, temporary: 1e-5 }, LAMBDA, 0.5)).toThrow(
      'fasterWhenAhead: a schedule of 1 slice has no risk and no later sale to hasten; take 2 slices or more',
    );
    expect(() => fasterWhenAhead(PAPER, LAMBDA, Infinity)).toThrow('fasterWhenAhead: response must be a finite number, got Infinity');
  });
});

describe('executionWorld', () => {
  const M = 4000;
  /** Of 21 speeds up to 5 times the even pace, the fourth is the even pace. */
  const EVEN = 4;

  it('pays an even seller who sees the time for the risk of the shares alone, whatever the price does', async () => {
    const earned = await evaluate(executionWorld(BLIND), ({ shape }) => new Int32Array(shape[0]).fill(EVEN), { key: key(1), episodes: 20 });
    const risk = LAMBDA * costMoments(PAPER, twap(PAPER)).variance;
    for (const sum of earned) expect(sum).toBeCloseTo(-risk / UNIT, 5);
  });

  it('earns the closed form of mean and variance on average, less that of even sales', async () => {
    const even = costMoments(PAPER, twap(PAPER));
    for (const action of [8, 20]) {
      const pace = Math.min(1, ((action / 20) * 5) / 5);
      const holdings = Float64Array.from({ length: 6 }, (_, k) => 1e6 * Math.max(0, 1 - pace * k));
      const { expected, variance } = costMoments(PAPER, holdings);
      const act = ({ shape }: { shape: readonly number[] }) => new Int32Array(shape[0]).fill(action);
      const blind = await evaluate(executionWorld(BLIND), act, { key: key(2), episodes: M });
      expectMean(blind, (even.expected - expected - LAMBDA * variance) / UNIT);
      const best = costMoments(PAPER, optimalHoldings(PAPER, LAMBDA)).expected;
      const seeing = await evaluate(executionWorld(SEEING), act, { key: key(2), episodes: M });
      const phi = (m: { expected: number; variance: number }) => m.expected + LAMBDA * (m.variance + (m.expected - best) ** 2);
      expectMean(seeing, (phi(even) - phi({ expected, variance })) / UNIT);
    }
  });

  // Rewards are linear in the luck z of who sees the time, so that of no luck are their mean.
  it('leaves E + λV of every schedule as it is, measured against either, and of those that end early', () => {
    for (const [slices, paces] of [
      [5, [8, 20, 6, 3, 0]],
      [5, [0, 0, 20, 0, 0]],
      [50, Array.from({ length: 50 }, (_, k) => (k * 7) % 21)],
      [50, Array.from({ length: 50 }, () => 1)],
    ] as const)
      for (const against of ['block', 'rest'] as const) {
        const problem = { ...PAPER, slices };
        const copy = environments(executionWorld({ ...BLIND, problem, against }), { key: key(1), count: 1 });
        copy.reset();
        const { state, ...others } = copy.save();
        copy.restore({ ...others, state: state.fill(0, 4) }); // no luck
        const holdings = new Float64Array(slices + 1).fill(1e6, 0, 1);
        let [earned, isOver] = [0, false];
        for (let k = 0; k < slices; k++) {
          holdings[k + 1] = k === slices - 1 ? 0 : Math.max(0, holdings[k] - (paces[k] / 4) * (1e6 / slices));
          if (isOver) continue;
          const { reward, terminated } = copy.step([paces[k]]);
          earned += reward.data[0];
          isOver = terminated.data[0] === 1;
          expect(isOver).toBe(against === 'rest' ? holdings[k + 1] < 1e-3 : k === slices - 1);
        }
        const { expected, variance } = costMoments(problem, holdings);
        const even = against === 'block' ? costMoments(problem, twap(problem)).expected : 0;
        expect(earned).toBeCloseTo((even - expected - LAMBDA * variance) / UNIT, 5);
      }
  });

  it('has the means of its agents that see the price, against even sales of the rest, by the closed form', async () => {
    const best = costMoments(PAPER, optimalHoldings(PAPER, LAMBDA)).expected;
    for (const action of [8, 20]) {
      const holdings = Float64Array.from({ length: 6 }, (_, k) => 1e6 * Math.max(0, 1 - (action / 20) * k));
      const { expected, variance } = costMoments(PAPER, holdings);
      const act = ({ shape }: { shape: readonly number[] }) => new Int32Array(shape[0]).fill(action);
      const seeing = await evaluate(executionWorld({ ...SEEING, against: 'rest' }), act, { key: key(2), episodes: M });
      expectMean(seeing, -(expected + LAMBDA * (variance + (expected - best) ** 2 - best ** 2)) / UNIT);
    }
  });

  it('carries less luck against even sales of the rest', async () => {
    const act = ({ shape }: { shape: readonly number[] }) => new Int32Array(shape[0]).fill(8);
    const scatter = async (against: 'block' | 'rest') => {
      const earned = await evaluate(executionWorld({ ...BLIND, against }), act, { key: key(2), episodes: M });
      return earned.reduce((sum, r) => sum + r * r, 0) / M - (earned.reduce((sum, r) => sum + r, 0) / M) ** 2;
    };
    // Σ (xₖ − yₖ)² / N X²: holdings .6 .2 0 0, even sales of the block keep .8 .6 .4 .2, of the rest .8 .45 .13.
    const [block, rest] = [await scatter('block'), await scatter('rest')];
    expect(block / ((0.2 ** 2 + 0.4 ** 2 + 0.4 ** 2 + 0.2 ** 2) / 5)).toBeCloseTo(1, 0.9);
    expect(rest / ((0.2 ** 2 + 0.25 ** 2 + (0.4 / 3) ** 2) / 5)).toBeCloseTo(1, 0.9);
  });

  it('has a best fixed policy within half a percent of the closed form: what 21 speeds cost', () => {
    for (const [slices, lambda] of [
      [5, 1e-6],
      [5, 2e-6],
      [50, 1e-6],
    ]) {
      const problem = { ...PAPER, slices };
      const best = optimalHoldings(problem, lambda);
      // Each holding rounded to what whole actions reach, which is a quarter of X/N apart.
      const reached = best.map((x) => Math.round((4 * slices * x) / 1e6) * (1e6 / slices / 4));
      const [least, even] = [executionCost(problem, best, lambda), executionCost(problem, twap(problem), lambda)];
      expect((executionCost(problem, reached, lambda) - least) / (even - least)).toBeLessThan(0.03);
    }
  });

  it('shows the time and the holdings, and to who sees the price what is lost', () => {
    const blind = environment(executionWorld(BLIND), { key: key(1) });
    expect(Array.from(blind.reset())).toEqual([1, 1]);
    const { observation } = blind.step(8); // two fifths of the block
    expect(Array.from(observation, (x) => x.toFixed(6))).toEqual(['0.600000', '0.200000']);
    blind.step(8);
    expect(blind.step(8).observation[1]).toBe(-1); // there was but a fifth
    const rest = environment(executionWorld({ ...BLIND, pace: 'rest' }), { key: key(1) });
    rest.reset();
    rest.step(8); // two fifths of the block, then two fourths of the rest
    expect(rest.step(8).observation[1]).toBeCloseTo(2 * 0.3 - 1, 6);
    const seeing = environment(executionWorld(SEEING), { key: key(1) });
    const { expected, variance } = costMoments(PAPER, optimalHoldings(PAPER, LAMBDA));
    expect(seeing.reset()[2]).toBeCloseTo(-expected / Math.sqrt(variance), 5);
  });

  it('terminates after the last slice, which sells what is left, also for who has sold all', () => {
    const world = environment(executionWorld(BLIND), { key: key(1) });
    world.reset();
    for (let k = 0; k < 4; k++) expect(world.step(0)).toMatchObject({ terminated: false, truncated: false });
    const last = world.step(0);
    expect(last).toMatchObject({ terminated: true, truncated: false });
    expect(last.observation[1]).toBe(-1);
    expect(() => world.step(0)).toThrow('the episode was terminated after 5 steps; call reset() to begin another');
    world.reset();
    expect(world.step(20)).toMatchObject({ terminated: false, observation: Float32Array.of(Math.fround(0.6), -1) });
    for (let k = 1; k < 5; k++) expect(world.step(k).terminated).toBe(k === 4);
    world.reset();
    expect(() => world.step(21)).toThrow('execution of 1000000 shares: an action is a whole number from 0 to 20, got 21');
  });

  it('terminates as soon as all is sold where there is no rest to measure against', () => {
    const world = environment(executionWorld({ ...BLIND, against: 'rest' }), { key: key(1) });
    world.reset();
    expect(world.step(20)).toMatchObject({ terminated: true, observation: Float32Array.of(Math.fround(0.6), -1) });
    world.reset();
    for (const left of [0.6, 0.2, 0]) expect(world.step(8).terminated).toBe(left === 0); // 1 − ⅖ − ⅖ − ⅕ is no exact zero
  });

  it('plays its agents on given paths as in its episodes', async () => {
    const act = ({ data, shape }: { data: Float32Array; shape: readonly number[] }) =>
      Int32Array.from({ length: shape[0] }, (_, m) => (data[3 * m + 2] > -1.5 ? 6 : 9));
    const copies = environments(executionWorld(SEEING), { key: key(4), count: 30 });
    let seen = copies.reset();
    const S = 9;
    const { state } = copies.save();
    const z = Float64Array.from({ length: 30 * 5 }, (_, i) => state[Math.floor(i / 5) * S + 4 + (i % 5)]);
    const costs: number[][] = [];
    for (let k = 0; k < 3; k++) {
      const step = copies.step(act(seen));
      seen = step.observation;
      costs.push(Array.from({ length: 30 }, (_, n) => copies.save().state[n * S + 2]));
    }
    const rule = agentRule(SEEING, act);
    await simulateExecution(
      PAPER,
      (at) => {
        if (at.slice > 0 && at.slice < 4) for (let m = 0; m < 30; m++) expect(at.cost[m]).toBeCloseTo(costs[at.slice - 1][m], 3);
        return rule(at);
      },
      { data: z, shape: [30, 5] },
    );
  });

  it('refuses what is no such world', () => {
    const make = (more: object) => () => executionWorld({ ...BLIND, ...more } as ExecutionWorldConfig);
    expect(make({ sees: 'pryce' })).toThrow("executionWorld: sees must be time or price, got 'pryce' (did you mean price?)");
    expect(make({ pace: 'rests' })).toThrow("executionWorld: pace must be block or rest, got 'rests' (did you mean rest?)");
    expect(make({ against: 'blocks' })).toThrow("executionWorld: against must be block or rest, got 'blocks' (did you mean block?)");
    expect(make({ fastest: 0.5 })).toThrow('executionWorld: fastest must be a finite number from 1 up, got 0.5; the even pace is 1');
    expect(make({ actions: 1 })).toThrow('executionWorld: actions must be a whole number from 2 up, got 1');
    expect(make({ problem: { ...PAPER, slices: 1 } })).toThrow(
      'executionWorld: slices must be 2 or more, got 1; the only one sells all, and leaves nothing to decide',
    );
    expect(make({ speeds: 3 })).toThrow("executionWorld: there is no option 'speeds'");
  });
});
