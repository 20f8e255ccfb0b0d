/** What drives `simulate.orderFlow`, by its names; sizes in lots of 100 shares, prices in ticks. */
export interface Flow {
  readonly baseline: readonly number[];
  readonly branching: readonly (readonly number[])[];
  readonly decay: number;
  readonly lifetime: number;
  readonly exponent: number;
  readonly size: number;
}

/** All that the future of a simulated book depends on. */
export interface State {
  /** λ − μ of the four kinds */
  readonly excited: ArrayLike<number>;
  /** Orders [n] in time priority: 1 buys, −1 sells; ticks; lots. */
  readonly sides: ArrayLike<number>;
  readonly prices: ArrayLike<number>;
  readonly sizes: ArrayLike<number>;
  /** Best bid and ask, of an empty side the last. */
  readonly bid: number;
  readonly ask: number;
}

/** What became of the mid over paths from one state. */
export interface Futures {
  /** Paths whose next mid change was up, of the first half of the paths and of the second. */
  readonly up: readonly [number, number];
  /** For each of the horizons in events: mean change of the mid in ticks, within ± `MOST`, and the variance of that over paths. */
  readonly moves: Float64Array;
  readonly variances: Float64Array;
}

/** A change of the mid counts as so many ticks at most: one of 42, through an empty book, would weigh like 400 of two. */
export const MOST = 2;
export const within = (ticks: number) => Math.max(-MOST, Math.min(MOST, ticks));

const DEEPEST = 200; // as in `orderFlow`

/**
 * Paths of the order flow from a state: each until its mid has changed and the last horizon is over.
 *
 * The process is that of `simulate.orderFlow` with λ known: kinds by thinning, cancellation of any order at rate 1 / lifetime. What it says of
 * a state is the Bayes predictor's answer, up to the noise of so many paths.
 */
export function ahead({ baseline, branching, decay, lifetime, exponent, size }: Flow, draw: () => number, horizons: readonly number[]) {
  // Orders of each side in time priority, 0 buys and 1 sells; a price as its key, which is higher where it is better.
  const keys = [new Int32Array(4096), new Int32Array(4096)];
  const sizes = [new Int32Array(4096), new Int32Array(4096)];
  const orders = [0, 0];
  /** Best keys, of an empty side the last, and how many orders are there. */
  const [best, atBest] = [
    [0, 0],
    [0, 0],
  ];
  const excited = new Float64Array(4);
  const mu = baseline.reduce((a, b) => a + b);
  const last = horizons[horizons.length - 1];
  const reach = 1 - (DEEPEST + 1) ** -exponent;
  const perLot = Math.log(1 - 1 / size);

  const lots = () => 1 + (size > 1 ? Math.floor(Math.log(1 - draw()) / perLot) : 0);
  const look = (side: number) => {
    const [own, n] = [keys[side], orders[side]];
    if (n === 0) return;
    let [most, count] = [own[0], 1];
    for (let i = 1; i < n; i++)
      if (own[i] > most) {
        most = own[i];
        count = 1;
      } else if (own[i] === most) count++;
    best[side] = most;
    atBest[side] = count;
  };
  const remove = (side: number, i: number) => {
    const [own, ownSizes] = [keys[side], sizes[side]];
    const wasBest = own[i] === best[side];
    const n = --orders[side];
    for (let j = i; j < n; j++) {
      own[j] = own[j + 1];
      ownSizes[j] = ownSizes[j + 1];
    }
    if (wasBest && --atBest[side] === 0) look(side);
  };
  const submit = (side: number) => {
    const key = -best[1 - side] - Math.floor((1 - draw() * reach) ** (-1 / exponent));
    const n = orders[side]++;
    keys[side][n] = key;
    sizes[side][n] = lots();
    if (atBest[side] > 0 && key === best[side]) atBest[side]++;
    else if (atBest[side] === 0 || key > best[side]) {
      best[side] = key;
      atBest[side] = 1;
    }
  };
  /** A market order against a side; whether there was anything to hit. */
  const hit = (side: number): boolean => {
    const found = orders[side] > 0;
    for (let left = lots(); left > 0 && orders[side] > 0; ) {
      let first = 0;
      while (keys[side][first] !== best[side]) first++;
      if (sizes[side][first] > left) {
        sizes[side][first] -= left;
        break;
      }
      left -= sizes[side][first];
      remove(side, first);
    }
    return found;
  };
  /** The next event that is seen. */
  const step = () => {
    for (;;) {
      const leaving = (orders[0] + orders[1]) / lifetime;
      const bound = mu + excited[0] + excited[1] + excited[2] + excited[3] + leaving;
      const fade = Math.exp((decay * Math.log(1 - draw())) / bound);
      for (let i = 0; i < 4; i++) excited[i] *= fade;
      let left = draw() * bound - leaving;
      if (left < 0) {
        const one = Math.floor(draw() * (orders[0] + orders[1]));
        if (one < orders[0]) remove(0, one);
        else remove(1, one - orders[0]);
        return;
      }
      let kind = 0;
      while (kind < 4 && left >= baseline[kind] + excited[kind]) left -= baseline[kind] + excited[kind++];
      if (kind === 4) continue;
      for (let i = 0; i < 4; i++) excited[i] += branching[i][kind] * decay;
      if (kind < 2) submit(kind);
      else if (!hit(3 - kind)) continue;
      return;
    }
  };

  return (state: State, paths: number): Futures => {
    const up: [number, number] = [0, 0];
    const [sums, squares] = [new Float64Array(horizons.length), new Float64Array(horizons.length)];
    for (let p = 0; p < paths; p++) {
      orders[0] = orders[1] = 0;
      for (let i = 0; i < state.sides.length; i++) {
        const side = state.sides[i] > 0 ? 0 : 1;
        keys[side][orders[side]] = state.sides[i] * state.prices[i];
        sizes[side][orders[side]++] = state.sizes[i];
      }
      excited.set(state.excited);
      best[0] = state.bid;
      best[1] = -state.ask;
      atBest[0] = atBest[1] = 0;
      look(0);
      look(1);
      const start = best[0] - best[1];
      let [events, h, changed] = [0, 0, false];
      while (!changed || events < last) {
        step();
        events++;
        const now = best[0] - best[1];
        if (!changed && now !== start) {
          changed = true;
          if (now > start) up[2 * p < paths ? 0 : 1]++;
        }
        if (events !== horizons[h]) continue;
        const move = within((now - start) / 2);
        sums[h] += move;
        squares[h++] += move * move;
      }
    }
    return {
      up,
      moves: sums.map((sum) => sum / paths),
      variances: squares.map((square, i) => Math.max(0, square - sums[i] ** 2 / paths) / (paths - 1)),
    };
  };
}

/** Uniform numbers on [0, 1) in a few nanoseconds each, by sfc32 (Doty-Humphrey 2010): paths need billions, and each only once. */
export function fastUniforms([a, b]: readonly [number, number]): () => number {
  let [x, y, z, counter] = [a | 0, b | 0, 0x9e3779b9 | 0, 1];
  const draw = () => {
    const out = (x + y + counter++) | 0;
    x = y ^ (y >>> 9);
    y = (z + (z << 3)) | 0;
    z = ((z << 21) | (z >>> 11)) + out;
    z |= 0;
    counter |= 0;
    return (out >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) draw(); // until a key's bits are everywhere
  return draw;
}
