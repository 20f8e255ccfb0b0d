import { describe, expect, it } from 'vitest';
import { fold, key, randint } from '../../base/random.js';
import { acrobot } from './acrobot.js';
import { cartPole } from './cart-pole.js';
import reference from './classic-control.reference.json' with { type: 'json' }; // made by ../reference/classic_control.py with Gymnasium 1.4.0
import { environment } from './environment.js';
import { environments } from './environments.js';
import type { World } from './world.js';

const WORLDS: Record<string, World> = { 'CartPole-v1': cartPole, 'Acrobot-v1': acrobot };

/** A copy in this state, in the first step of its first episode. */
function from(world: World, state: readonly number[]) {
  const copy = environments(world, { key: key(1), count: 1 });
  copy.restore({ state: Float64Array.from(state), steps: Int32Array.of(0), episodes: Int32Array.of(1) });
  return copy;
}

describe('the worlds', () => {
  it.each(reference.map((episode, i) => [`${episode.world}, episode ${i}`, episode] as const))('have the bits of Gymnasium: %s', (_, e) => {
    const copy = from(WORLDS[e.world], e.start);
    const seen: number[][] = [];
    for (let t = 1; t <= e.actions.length; t++) {
      const { finalObservation, reward, terminated, truncated } = copy.step([Number(e.actions[t - 1])]);
      if (e.at.includes(t)) seen.push(Array.from(finalObservation.data));
      const isLast = t === e.actions.length;
      expect([terminated.data[0], truncated.data[0]]).toEqual([+(isLast && e.terminated), +(isLast && e.truncated)]);
      if (isLast) expect(reward.data[0]).toBe(e.reward);
    }
    expect(seen).toEqual(e.seen.map((x) => x.map(Math.fround)));
  });

  // https://github.com/Farama-Foundation/Gymnasium/issues/790 and its kin for the return: the step that falls earns 1 too.
  it('let the pole fall at step 9 when it is always pushed to the right', () => {
    const copy = from(cartPole, [0, 0, 0, 0]);
    copy.step([1]);
    const { data } = copy.step([1]).finalObservation;
    expect(Array.from(data)).toEqual([0.003902439, 0.390243902, -0.0058536585, -0.5853658537].map((v) => expect.closeTo(v, 7)));
    let earned = 2;
    for (let t = 3; t <= 9; t++) {
      const { reward, terminated } = copy.step([1]);
      earned += reward.data[0];
      expect(terminated.data[0]).toBe(+(t === 9));
    }
    expect(earned).toBe(9);
  });

  it.each([cartPole, acrobot])('start $name near rest, each copy and episode elsewhere', (world) => {
    const N = 500;
    const copies = environments(world, { key: key(3), count: N });
    copies.reset();
    const { state } = copies.save();
    copies.reset();
    const width = world === cartPole ? 0.05 : 0.1;
    expect(Math.max(...state.map(Math.abs))).toBeLessThanOrEqual(Math.fround(width));
    // A uniform number on ± w has variance w²/3 and E x⁴ = w⁴/5, so that the mean of n squares has deviation w² √(4/45n).
    const mean = state.reduce((sum, s) => sum + s * s, 0) / state.length;
    expect(Math.abs(mean - width ** 2 / 3)).toBeLessThan(4 * width ** 2 * Math.sqrt(4 / (45 * state.length)));
    expect(new Set([...state, ...copies.save().state]).size).toBeGreaterThan(2 * state.length - 3);
  });
});

describe('environments', () => {
  const count = 3;
  const cartPoleLimit = (12 * Math.PI) / 180;
  const drawn = (t: number, n = count) => randint(fold(key(5), t), [n], 0, 2).data;

  // https://github.com/sail-sg/envpool/issues/194: what a transition leads to is the last state of its episode, not the first of the next.
  it('keep the last observation of an episode, and go on with the first of the next', () => {
    const copies = environments(cartPole, { key: key(2), count });
    copies.reset();
    let ended = 0;
    for (let t = 0; t < 120; t++) {
      const { observation, finalObservation, terminated } = copies.step(drawn(t));
      for (let n = 0; n < count; n++) {
        const [now, last] = [observation, finalObservation].map(({ data }) => Array.from(data.subarray(4 * n, 4 * n + 4)));
        if (terminated.data[n]) {
          ended++;
          expect(Math.max(Math.abs(last[2]) / cartPoleLimit, Math.abs(last[0]) / 2.4)).toBeGreaterThan(1);
          expect(Math.max(...now.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.05));
        } else expect(now).toEqual(last);
      }
    }
    expect(ended).toBeGreaterThan(8);
  });

  it('cut at the limit, but a fall in the last step is a fall', () => {
    const short = { ...cartPole, limit: 9 };
    const upright = from(short, [0, 0, 0.01, 0]);
    const ends = Array.from({ length: 9 }, (_, t) => {
      const { truncated, terminated } = upright.step([t % 2]);
      return [terminated.data[0], truncated.data[0]];
    });
    expect(ends).toEqual([...new Array(8).fill([0, 0]), [0, 1]]);
    const falling = from(short, [0, 0, 0, 0]);
    const last = Array.from({ length: 9 }, () => falling.step([1])).at(-1)!;
    expect([last.terminated.data[0], last.truncated.data[0]]).toEqual([1, 0]);
  });

  it('go on from where they were saved, bit for bit', () => {
    const whole = environments(cartPole, { key: key(2), count });
    whole.reset();
    for (let t = 0; t < 37; t++) whole.step(drawn(t));
    const saved = whole.save();
    const other = environments(cartPole, { key: key(2), count });
    other.restore(saved);
    for (let t = 37; t < 120; t++) {
      const [a, b] = [whole, other].map((copies) => copies.step(drawn(t)));
      for (const name of ['observation', 'finalObservation', 'reward', 'terminated'] as const) expect(b[name]).toEqual(a[name]);
    }
    expect(() => environments(cartPole, { key: key(2), count: 2 }).restore(saved)).toThrow(
      '12 numbers of state are no 2 copies of CartPole-v1, which have 8; were they saved with another count?',
    );
  });

  it('give every copy the same luck, whatever others do', () => {
    const starts = (action: number) => {
      const copies = environments(cartPole, { key: key(7), count: 2 });
      copies.reset();
      for (let t = 0; t < 400; t++) {
        const { terminated, observation } = copies.step([action, t % 2]);
        if (terminated.data[0]) return Array.from(observation.data.subarray(0, 4));
      }
      throw new Error('the pole never fell');
    };
    expect(starts(0)).toEqual(starts(1));
  });

  it('refuse what is no action, and a step before the first episode', () => {
    const copies = environments(cartPole, { key: key(2), count });
    expect(() => copies.step([0, 1, 0])).toThrow('CartPole-v1: call reset() before the first step');
    copies.reset();
    expect(() => copies.step([0, 2, 0])).toThrow('CartPole-v1: an action is a whole number from 0 to 1, got 2 for copy 1');
    expect(() => copies.step([0, 0.5, 0])).toThrow('got 0.5 for copy 1');
    expect(() => copies.step([0, 0, Number.NaN])).toThrow('got NaN for copy 2');
    expect(() => copies.step([0, 1])).toThrow('step takes one action for each of 3 copies, got 2');
    expect(() => environments({ ...cartPole, limit: Infinity }, { key: key(1), count: 1 })).toThrow(
      'CartPole-v1: limit must be a whole number from 1 up, got Infinity; an episode that nothing ends would never be over',
    );
    expect(() => environments(cartPole, { key: key(1), count: 0 })).toThrow('environments: count must be a whole number from 1 up, got 0');
  });
});

describe('environment', () => {
  it('is one copy that waits at the end of an episode', () => {
    const world = environment(cartPole, { key: key(2) });
    expect(() => world.step(1)).toThrow('call reset() before the first step');
    const copies = environments(cartPole, { key: key(2), count: 1 });
    expect(world.reset()).toEqual(copies.reset().data);
    let steps = 0;
    for (let over = false; !over; steps++) {
      const { observation, reward, terminated } = world.step(1);
      expect(observation).toEqual(copies.step([1]).finalObservation.data);
      expect(reward).toBe(1);
      over = terminated;
    }
    expect(() => world.step(1)).toThrow(`CartPole-v1: the episode was terminated after ${steps} steps; call reset() to begin another`);
    world.reset();
    expect(world.step(0).terminated).toBe(false);
  });

  it('tells a limit from an end', () => {
    const world = environment({ ...cartPole, limit: 2 }, { key: key(2) });
    world.reset();
    expect(world.step(0)).toMatchObject({ terminated: false, truncated: false });
    expect(world.step(1)).toMatchObject({ terminated: false, truncated: true });
    expect(() => world.step(1)).toThrow('the episode was truncated after 2 steps');
  });
});
