import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, key, randint, uniform } from '../../base/random.js';
import { cartPole } from '../environments/cart-pole.js';
import { environments, type Step } from '../environments/environments.js';
import { type Replay, replay } from './replay.js';
import { sumTree } from './sum-tree.js';

/** A step of one copy that led to `next` for the reward, and now is at `now`. */
const stepTo = (next: number, reward: number, end: '' | 'terminated' | 'truncated' = '', now = next): Step => {
  const one = (x: number) => ({ data: Float32Array.of(x), shape: [1, 1] });
  const flag = (is: boolean) => ({ data: Uint8Array.of(+is), shape: [1] });
  return {
    observation: one(now),
    finalObservation: one(next),
    reward: { data: Float32Array.of(reward), shape: [1] },
    terminated: flag(end === 'terminated'),
    truncated: flag(end === 'truncated'),
  };
};

/** All that is kept, oldest first: [s, a, r, s′, γᵐ, end]. */
function contents(memory: Replay): number[][] {
  const { states, actions, rewards, nexts, discounts, ends } = memory.save();
  return Array.from(states, (s, i) => [s, actions[i], rewards[i], nexts[i], discounts[i], ends[i]]);
}

describe('replay', () => {
  it('keeps the state that an action led to, and forgets the oldest', () => {
    const memory = replay({ size: 3, count: 1, features: 1 });
    memory.start({ data: Float32Array.of(10), shape: [1, 1] });
    memory.add([1], stepTo(11, 1));
    memory.add([0], stepTo(12, 2, 'terminated', 20));
    memory.add([1], stepTo(21, 3, 'truncated', 30));
    const near = expect.closeTo(0.99, 6);
    expect(contents(memory)).toEqual([
      [10, 1, 1, 11, near, 0],
      [11, 0, 2, 12, near, 1],
      [20, 1, 3, 21, near, 0],
    ]);
    memory.add([0], stepTo(31, 4));
    expect(memory.length).toBe(3);
    expect(contents(memory)[0]).toEqual([30, 0, 4, 31, near, 0]);
  });

  // n = 3, γ = ½: r₁ + ½ r₂ + ¼ r₃ of rewards 1, 2, 4, 8; near the end of an episode the rest of it, counted with γᵐ.
  it.each(['terminated', 'truncated'] as const)('adds the rewards of n steps, fewer where an episode is %s', (end) => {
    const memory = replay({ size: 9, count: 1, features: 1, steps: 3, discount: 0.5 });
    memory.start({ data: Float32Array.of(0), shape: [1, 1] });
    for (const t of [1, 2, 3]) memory.add([t], stepTo(t, 2 ** (t - 1)));
    expect(contents(memory)).toEqual([[0, 1, 1 + 1 + 1, 3, 0.125, 0]]);
    memory.add([4], stepTo(4, 8, end, 100));
    const over = +(end === 'terminated');
    expect(contents(memory).slice(1)).toEqual([
      [1, 2, 2 + 2 + 2, 4, 0.125, over],
      [2, 3, 4 + 4, 4, 0.25, over],
      [3, 4, 8, 4, 0.5, over],
    ]);
    memory.add([5], stepTo(101, 1));
    expect(memory.length).toBe(4); // the next episode waits for its own rewards
  });

  it('draws uniformly, and what it draws is what was added', () => {
    const memory = replay({ size: 4, count: 1, features: 1 });
    memory.start({ data: Float32Array.of(0), shape: [1, 1] });
    for (let t = 1; t <= 4; t++) memory.add([t], stepTo(t, 10 * t, t === 3 ? 'terminated' : ''));
    const B = 8000;
    const { transitions, rows } = memory.sample(key(1), B);
    for (let i = 0; i < 4; i++) {
      const count = rows.filter((row) => row === i).length;
      expect(Math.abs(count - B / 4)).toBeLessThan(4 * Math.sqrt((B * 3) / 16));
    }
    rows.forEach((i, j) => {
      const { state, action, reward, next, terminated } = transitions;
      const row = [state, action, reward, next, terminated].map(({ data }) => data[j]);
      expect(row).toEqual([i, i + 1, 10 * (i + 1), i + 1, +(i === 2)]);
    });
    expect([transitions.weight, transitions.discount]).toEqual([undefined, undefined]);
    expect(memory.sample(key(1), 5)).toEqual(memory.sample(key(1), 5));
    expect(memory.sample(key(1), 5).rows).not.toEqual(memory.sample(key(2), 5).rows);
  });

  // Schaul et al. 2016: P = p / Σ p with p = |δ|^α, and w = (n P)^−β / max w.
  it('draws by the power of the errors, and weighs against it', () => {
    const memory = replay({ size: 4, count: 1, features: 1, priority: { exponent: 0.5, least: 1e-12 } });
    memory.start({ data: Float32Array.of(0), shape: [1, 1] });
    for (let t = 1; t <= 4; t++) memory.add([0], stepTo(t, 0));
    expect(Array.from(memory.sample(key(3), 4).rows)).toEqual([0, 1, 2, 3]); // new ones are alike, and strata leave out none
    memory.update(Int32Array.of(0, 1, 2, 3), [-1, 4, 9, 16]);
    const [B, beta] = [1000, 0.4];
    const { transitions, rows } = memory.sample(key(4), B, beta);
    // Of B strata, no more than one on either side is cut by the border of a row.
    for (let i = 0; i < 4; i++) expect(Math.abs(rows.filter((row) => row === i).length - (B * (i + 1)) / 10)).toBeLessThanOrEqual(1);
    rows.forEach((i, j) => {
      expect(transitions.weight!.data[j]).toBeCloseTo((i + 1) ** -beta, 5);
    });
    memory.add([0], stepTo(5, 0)); // as likely as the likeliest
    expect(memory.save().priorities[0]).toBeCloseTo(4, 10);
  });

  it.each([{}, { steps: 3 }, { steps: 2, priority: {} }])('goes on as it was, of %o', (options) => {
    const N = 2;
    const make = () => replay({ size: 50, count: N, features: 4, ...options });
    const copies = environments(cartPole, { key: key(1), count: N });
    const memory = make();
    memory.start(copies.reset());
    const play = (into: readonly Replay[], from: number, to: number) => {
      for (let t = from; t < to; t++) {
        const action = randint(fold(key(2), t), [N], 0, 2).data;
        const step = copies.step(action);
        for (const one of into) one.add(action, step);
      }
    };
    play([memory], 0, 40);
    const { rows } = memory.sample(key(3), 7);
    if ('priority' in options) memory.update(rows, uniform(key(4), [7]).data);
    const other = make();
    other.restore(memory.save());
    play([memory, other], 40, 60);
    expect(other.save()).toEqual(memory.save());
    expect(other.sample(key(5), 16)).toEqual(memory.sample(key(5), 16));
    expect(() => replay({ size: 50, count: N, features: 3, ...options }).restore(memory.save())).toThrow('of another replay');
  });

  it('says what is missing', () => {
    const memory = replay({ size: 4, count: 1, features: 1 });
    expect(() => memory.add([0], stepTo(1, 0))).toThrow('replay: call start(copies.reset()) before the first step is added');
    expect(() => memory.sample(key(1), 2)).toThrow('replay: there is nothing to draw yet');
    expect(() => memory.update(Int32Array.of(0), [1])).toThrow('replay: it draws uniformly; give it a priority');
    expect(() => replay({ size: 0, count: 1, features: 1 })).toThrow('replay: size must be a whole number from 1 up, got 0');
    expect(() => replay({ size: 1, count: 1, features: 1, priority: { alpha: 1 } as never })).toThrow("there is no option 'alpha'");
    const byError = replay({ size: 4, count: 1, features: 1, priority: {} });
    byError.start({ data: Float32Array.of(0), shape: [1, 1] });
    byError.add([0], stepTo(1, 0));
    expect(() => byError.update(Int32Array.of(0), [Number.NaN])).toThrow('the error of row 0 is NaN; did the network diverge?');
  });
});

describe('sumTree', () => {
  it('finds the leaf that a search from the left finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (p, u) => {
          const tree = sumTree(p.length);
          for (const [i, weight] of p.entries()) {
            tree.set(i, 7);
            tree.set(i, weight);
          }
          const total = p.reduce((a, b) => a + b, 0);
          expect(tree.total()).toBe(total);
          fc.pre(total > 0);
          let [leaf, left] = [0, u * total];
          while (left >= p[leaf]) left -= p[leaf++];
          expect(tree.find(u * total)).toBe(leaf);
        },
      ),
    );
  });
});
