import { describe, expect, it } from 'vitest';
import { key } from '../../base/index.js';
import { MESSAGE, type Messages, simulate } from '../../market/index.js';
import { environment, environments } from '../../rl/index.js';
import { type BookTapeOptions, bookTape, soldInto } from './book-tape.js';
import { type BookWorldConfig, bookAgent, bookWorld, sellIntoBook } from './book-world.js';

const LOOKS: BookTapeOptions = { slices: 3, seconds: 10, from: 10, levels: 2 };

/** Messages as rows: seconds, type, order, shares, price, side. */
const messagesOf = (rows: readonly (readonly number[])[]): Messages => ({
  time: Float64Array.from(rows, ([time]) => time),
  type: Uint8Array.from(rows, (row) => row[1]),
  id: Float64Array.from(rows, (row) => row[2]),
  size: Float64Array.from(rows, (row) => row[3]),
  price: Float64Array.from(rows, (row) => row[4]),
  direction: Int8Array.from(rows, (row) => row[5]),
});

/** Bids of 100 at 99 and 200 at 98, 100 offered at 101; 50 are bought at 12 s, the bid of 99 goes at 22 s, and one of 97 comes at 30.5 s. */
const BY_HAND = messagesOf([
  [1, MESSAGE.submission, 1, 100, 99, 1],
  [1, MESSAGE.submission, 2, 200, 98, 1],
  [1, MESSAGE.submission, 3, 100, 101, -1],
  [12, MESSAGE.execution, 3, 50, 101, -1],
  [22, MESSAGE.deletion, 1, 100, 99, 1],
  [30.5, MESSAGE.submission, 4, 100, 97, 1],
]);

const TAPE = bookTape([BY_HAND], LOOKS);
const CONFIG: BookWorldConfig = { tape: TAPE, shares: 300, tick: 1 };

describe('bookTape', () => {
  it('notes what was there at each look, and what traded since the last', () => {
    expect(Array.from(TAPE.mid.data)).toEqual([100, 100, 99.5, 99.5]);
    expect(Array.from(TAPE.flow.data)).toEqual([0, 50, 0, 0]);
    expect(Array.from(TAPE.volume.data)).toEqual([0, 50, 0, 0]);
    expect(TAPE.imbalance.data[1]).toBeCloseTo(50 / 150, 12);
    expect(TAPE.bids.shape).toEqual([1, 4, 2, 2]);
    expect(Array.from(TAPE.bids.data.subarray(0, 4))).toEqual([99, 100, 98, 200]);
    expect(Array.from(TAPE.bids.data.subarray(8, 12))).toEqual([98, 200, Number.NaN, 0]);
  });

  it('leaves out an episode whose book has an empty side, and refuses to keep none', () => {
    const one = messagesOf([[1, MESSAGE.submission, 1, 100, 99, 1]]);
    expect(bookTape([one, BY_HAND], LOOKS).mid.shape).toEqual([1, 4]);
    expect(() => bookTape([one], LOOKS)).toThrow(
      'bookTape: no episode has a price on both sides at each look; begin later, or take a fuller book',
    );
    expect(() => bookTape([one], { ...LOOKS, seconds: 0 })).toThrow('bookTape: seconds must be a finite number above 0, got 0');
  });
});

describe('selling into a book', () => {
  it('walks down the bids, and pays a tick more beyond the last', () => {
    expect(soldInto(TAPE, 0, 0, 100, 1)).toBe(9900);
    expect(soldInto(TAPE, 0, 0, 250, 1)).toBe(9900 + 150 * 98);
    expect(soldInto(TAPE, 0, 0, 400, 1)).toBe(9900 + 200 * 98 + 100 * 97);
    expect(soldInto(TAPE, 0, 2, 300, 1)).toBe(200 * 98 + 100 * 97);
  });

  it('loses what the sales bring less than the first mid', async () => {
    // 100 at 99, 100 at 99, 100 at 98 of a block of 300 at 100: 400 of 30,000.
    const [even] = await sellIntoBook(CONFIG, () => [100]);
    expect(even).toBeCloseTo((1e4 * 400) / 30_000, 9);
    // All at once: 100 at 99 and 200 at 98.
    const [once] = await sellIntoBook(CONFIG, () => [1e9]);
    expect(once).toBeCloseTo((1e4 * 500) / 30_000, 9);
    await expect(sellIntoBook(CONFIG, () => [Number.NaN])).rejects.toThrow(
      'sellIntoBook: the rule sells NaN shares in episode 0; it must be a number',
    );
  });

  it('earns in an episode what even sales lose more, whatever is done', async () => {
    const flow = simulate.orderFlow(key(3), { until: 200, open: 0 });
    const tape = bookTape([flow], { slices: 8, seconds: 15, from: 60, levels: 5 });
    const config = { tape, shares: 3000, tick: 100, actions: 9 };
    const [even] = await sellIntoBook(config, () => [3000 / 8]);
    for (const actions of [
      [0, 0, 0, 0, 0, 0, 0, 0],
      [8, 8, 8, 8, 8, 8, 8, 8],
      [1, 5, 0, 3, 2, 0, 4, 1],
    ]) {
      const world = environment(bookWorld(config), { key: key(1) });
      world.reset();
      let earned = 0;
      for (const action of actions) earned += world.step(action).reward;
      const rule = bookAgent(config, ({ data }) => [actions[Math.round((1 - data[0]) * 4)]], tape);
      const [lost] = await sellIntoBook(config, rule);
      expect(earned).toBeCloseTo(even - lost, 3);
    }
  });

  it('shows time, holdings, flow and move in deviations of the tape that was learnt from, and the imbalance', () => {
    const world = environment(bookWorld(CONFIG), { key: key(1) });
    expect(Array.from(world.reset())).toEqual([1, 1, 0, 0, 0]);
    const { observation } = world.step(5); // of 0 … 10 up to 4 even paces: twice that
    expect(observation[0]).toBeCloseTo(1 / 3, 6);
    expect(observation[1]).toBeCloseTo(-1 / 3, 6);
    expect(observation[2]).toBeCloseTo(2, 6); // 50 of a root mean square of 25
    expect(observation[4]).toBeCloseTo(1 / 3, 6);
    expect(world.step(0).observation[3]).toBeCloseTo(-2, 6);
    expect(world.step(0)).toMatchObject({ terminated: true, truncated: false });
  });

  it('draws its episodes evenly', () => {
    const tape = bookTape([BY_HAND, BY_HAND, BY_HAND], LOOKS);
    const copies = environments(bookWorld({ ...CONFIG, tape }), { key: key(2), count: 3000 });
    copies.reset();
    const { state } = copies.save();
    for (const e of [0, 1, 2]) {
      const share = Array.from({ length: 3000 }, (_, n) => Number(state[3 * n] === e)).reduce((a, b) => a + b, 0) / 3000;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 3000));
    }
  });

  it('refuses what is no such world', () => {
    expect(() => bookWorld({ ...CONFIG, tick: 0 })).toThrow('bookWorld: tick must be a finite number above 0, got 0');
    expect(() => bookWorld({ ...CONFIG, speeds: 3 } as never)).toThrow("bookWorld: there is no option 'speeds'");
    const other = bookTape([BY_HAND], { ...LOOKS, slices: 2 });
    expect(() => bookAgent(CONFIG, () => [0], other)).toThrow(
      "bookAgent: the tape has 2 slices, and that of the agent's world 3; record it with as many",
    );
  });
});
