import { type BookRows, MESSAGE, orderFlowImbalance, replayMessages, simulate } from '../../../src/market/index.js';
import { fold, type Key } from '../../../src/tensor/index.js';
import { type Flow, type State, within } from './ahead.js';

/** The order flow of `simulate.orderFlow` as the library has it unless told: nobody chose it for these signals. */
export const FLOW: Flow = {
  baseline: [2, 2, 0.8, 0.8],
  branching: [
    [0.3, 0, 0.3, 0.3],
    [0, 0.3, 0.3, 0.3],
    [0, 0, 0.3, 0],
    [0, 0, 0, 0.3],
  ],
  decay: 5,
  lifetime: 10,
  exponent: 0.6,
  size: 2,
};
const TICK = 100; // of a price in messages
const LOT = 100;
/** Seconds that are let pass at first, six lifetimes, and at last, twice the longest that a mid stood in 80,000 s. */
const [WARM, TAIL] = [60, 180];
/** Events that a window holds: 20 are 1.3 s, in which a cause has faded to e^−6.5 of itself. */
export const T = 20;
/** A sample is taken after each tenth event: nearer ones share label and history. */
const EVERY = 10;
/** Horizons in events, and how far signals are followed. */
export const HORIZONS = [1, 5, 10];
export const AHEAD = [1, 2, 5, 10, 20, 50, 100];

const KINDS = ['limit buy', 'limit sell', 'market buy', 'market sell', 'cancelled buy', 'cancelled sell'];
/** Numbers of an event in a window, and columns of a row. */
export const F = KINDS.length + 10;
export const COLUMNS = [
  ...['log bid', 'log ask', 'imbalance', 'wide', 'gap bid', 'gap ask', 'log second bid', 'log second ask'],
  ...[1, 5, 20].map((events) => `OFI ${events}`),
  ...[5, 20].flatMap((events) => KINDS.map((kind) => `${kind} ${events}`)),
];

/** Samples of sessions, row by row. */
export interface Samples {
  /** Of each row [n], from 0. */
  readonly session: Int32Array;
  /** What a trader sees at once, `COLUMNS` [n, C], and over the last events [n, T, F]. */
  readonly x: Float64Array;
  readonly windows: Float32Array;
  /** What only the simulator knows: λ [n, 4]. */
  readonly intensities: Float64Array;
  /** Best two levels after the event [n, 8]. */
  readonly books: BookRows;
  /** 1 where the next mid change is up [n]. */
  readonly up: Float64Array;
  /** The change of the mid in ticks after so many events, within ± `MOST` [n, 7]: `AHEAD`. */
  readonly moves: Float64Array;
  /** Mid changes that the labels are of: rows between two share one. */
  readonly intervals: number;
}

/** One session, event by event. */
interface Session {
  readonly time: Float64Array;
  readonly kind: Uint8Array;
  readonly flow: Float64Array;
  readonly books: BookRows;
  /** Best prices in ticks, of an empty side the last, and their sum, twice the mid. */
  readonly bids: Float64Array;
  readonly asks: Float64Array;
  readonly mids: Float64Array;
  readonly messages: ReturnType<typeof simulate.orderFlow>;
  /** The last message of each event. */
  readonly ends: Int32Array;
}

/** A market order is one event, with as many messages as orders that it meets. */
export function session(k: Key, seconds: number): Session {
  const { size, ...flow } = FLOW;
  const messages = simulate.orderFlow(k, { ...flow, size: size * LOT, open: 0, until: WARM + seconds + TAIL });
  const rows = replayMessages(messages, { levels: 2 });
  const changes = orderFlowImbalance(rows);
  const { time, type, direction } = messages;
  const ends = Int32Array.from({ length: time.length }, (_, m) => m).filter((m) => time[m] !== time[m + 1]);
  const E = ends.length;
  const kind = Uint8Array.from(ends, (m) => {
    const row = type[m] === MESSAGE.submission ? 0 : type[m] === MESSAGE.execution ? 2 : 4;
    return row + Number((type[m] === MESSAGE.execution ? -1 : 1) * direction[m] < 0);
  });
  const data = new Float64Array(8 * E);
  const [bids, asks, mids, flows] = [0, 1, 2, 3].map(() => new Float64Array(E));
  let [ask, bid] = [Number.NaN, Number.NaN];
  for (const [e, m] of ends.entries()) {
    for (let before = e === 0 ? 0 : ends[e - 1] + 1; before <= m; before++) flows[e] += changes[before] / LOT;
    data.set(rows.data.subarray(8 * m, 8 * m + 8), 8 * e);
    const [a, , b] = rows.data.subarray(8 * m, 8 * m + 3);
    if (!Number.isNaN(a)) ask = a / TICK;
    if (!Number.isNaN(b)) bid = b / TICK;
    [bids[e], asks[e], mids[e]] = [bid, ask, ask + bid];
  }
  return {
    time: Float64Array.from(ends, (m) => time[m]),
    kind,
    flow: flows,
    books: { data, shape: [E, 8] },
    bids,
    asks,
    mids,
    messages,
    ends,
  };
}

/** The events after which a sample is taken; their labels are known before the session ends. */
function chosen({ time, mids }: Session, seconds: number): Int32Array {
  const found: number[] = [];
  for (let e = 0; e < time.length; e++)
    if (time[e] >= WARM && time[e] < WARM + seconds && e % EVERY === 0) {
      if (e + AHEAD.at(-1)! >= time.length || nextChange(mids, e) === time.length)
        throw new Error(`a session's last ${TAIL} seconds have too few events for the labels at ${time[e]} s; lengthen them`);
      found.push(e);
    }
  return Int32Array.from(found);
}
function nextChange(mids: Float64Array, from: number): number {
  let e = from + 1;
  while (e < mids.length && mids[e] === mids[from]) e++;
  return e;
}

/** Key of session s of a part: sessions are independent, so nothing of one can leak into another. */
export const sessionKey = (k: Key, s: number): Key => fold(k, s);

/** Samples of sessions `from` … `to` − 1. */
export function samplesOf(k: Key, { from, to, seconds }: { from: number; to: number; seconds: number }): Samples {
  const parts = Array.from({ length: to - from }, (_, s) =>
    sampled(session(sessionKey(k, from + s), seconds), { seconds, session: from + s, k }),
  );
  const joined = <A extends Float64Array | Float32Array | Int32Array>(
    make: new (length: number) => A,
    pick: (part: (typeof parts)[0]) => A,
  ): A => {
    const all = new make(parts.reduce((sum, part) => sum + pick(part).length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(pick(part) as never, at);
      at += pick(part).length;
    }
    return all;
  };
  const books = joined(Float64Array, (part) => part.books);
  return {
    session: joined(Int32Array, (part) => part.session),
    x: joined(Float64Array, (part) => part.x),
    windows: joined(Float32Array, (part) => part.windows),
    intensities: joined(Float64Array, (part) => part.intensities),
    books: { data: books, shape: [books.length / 8, 8] },
    up: joined(Float64Array, (part) => part.up),
    moves: joined(Float64Array, (part) => part.moves),
    intervals: parts.reduce((sum, part) => sum + part.intervals, 0),
  };
}

function sampled(one: Session, { seconds, session, k }: { seconds: number; session: number; k: Key }) {
  const { time, kind, flow, books, mids } = one;
  const at = chosen(one, seconds);
  const [n, C] = [at.length, COLUMNS.length];
  const [x, windows] = [new Float64Array(n * C), new Float32Array(n * T * F)];
  const events = new Float32Array(time.length * F);
  for (let e = 0; e < time.length; e++) events.set(eventRow(one, e), e * F);
  const counts = kind.reduce(
    (sums, kind, e) => {
      for (let j = 0; j < 6; j++) sums[6 * (e + 1) + j] = sums[6 * e + j] + Number(j === kind);
      return sums;
    },
    new Float64Array(6 * (time.length + 1)),
  );
  const flows = new Float64Array(time.length + 1);
  for (let e = 0; e < time.length; e++) flows[e + 1] = flows[e] + flow[e];
  const labels = new Set<number>();
  const up = new Float64Array(n);
  const moves = new Float64Array(n * AHEAD.length);
  for (const [i, e] of at.entries()) {
    windows.set(events.subarray((e - T + 1) * F, (e + 1) * F), i * T * F);
    const { logs, spread, gaps } = levels(books, e);
    const row = [
      ...[logs[0], logs[1], imbalance(books, e), Number(spread > 1), ...gaps, logs[2], logs[3]],
      ...[1, 5, 20].map((events) => flows[e + 1] - flows[e + 1 - events]),
      ...[5, 20].flatMap((events) => KINDS.map((_, j) => counts[6 * (e + 1) + j] - counts[6 * (e + 1 - events) + j])),
    ];
    x.set(row, i * C);
    const next = nextChange(mids, e);
    labels.add(next);
    up[i] = Number(mids[next] > mids[e]);
    for (const [j, events] of AHEAD.entries()) moves[i * AHEAD.length + j] = within((mids[e + events] - mids[e]) / 2);
  }
  const intensities = new Float64Array(4 * n);
  let i = 0;
  follow(one, { k: sessionKey(k, session), at }, ({ excited }) => {
    for (let j = 0; j < 4; j++) intensities[4 * i + j] = FLOW.baseline[j] + excited[j];
    i++;
  });
  const own = new Float64Array(8 * n);
  for (const [i, e] of at.entries()) own.set(books.data.subarray(8 * e, 8 * e + 8), 8 * i);
  return { session: new Int32Array(n).fill(session), x, windows, intensities, books: own, up, moves, intervals: labels.size };
}

const imbalance = ({ data }: BookRows, e: number): number => {
  const [r, q] = [data[8 * e + 1], data[8 * e + 3]];
  return q + r > 0 ? (q - r) / (q + r) : 0;
};

/** Sizes as logarithms of lots, spread and gaps to the second prices in ticks, at most ten; a level that is not there is ten ticks away. */
function levels({ data }: BookRows, e: number): { logs: number[]; spread: number; gaps: number[] } {
  const [a, r, b, q, a2, r2, b2, q2] = data.subarray(8 * e, 8 * e + 8);
  const apart = (far: number, near: number) => (Number.isNaN(far - near) ? 10 : Math.min(10, (far - near) / TICK));
  return { logs: [q, r, q2, r2].map((size) => Math.log1p(size / LOT)), spread: apart(a, b), gaps: [apart(b, b2), apart(a2, a)] };
}

/** What an event looks like to a net, each number of the order of one. */
function eventRow({ time, kind, flow, books, mids }: Session, e: number): number[] {
  const { logs, spread, gaps } = levels(books, e);
  return [
    ...KINDS.map((_, j) => Number(kind[e] === j)),
    (Math.log((e > 0 ? time[e] - time[e - 1] : 0) + 0.01) + 3) / 2,
    Math.asinh(flow[e]) / 2,
    ...logs.map((log) => log - 1.5),
    spread - 1,
    ...gaps.map((gap) => (gap - 1) / 2),
    e > 0 ? within((mids[e] - mids[e - 1]) / 2) : 0,
  ];
}

/** Goes through a session and shows all that its future depends on after the chosen events. */
export function follow(
  { time, ends, messages, bids, asks }: Session,
  { k, at }: { k: Key; at: Int32Array },
  see: (state: State) => void,
): void {
  const { baseline, branching, decay } = FLOW;
  const { times, kinds } = simulate.hawkes(fold(k, 0), { baseline, branching, decay, until: time.at(-1)! }); // those of `orderFlow`
  const excited = new Float64Array(4);
  const orders = new Map<number, { side: number; price: number; size: number }>(); // a Map keeps the order of submission
  let [m, j, now] = [0, 0, 0];
  const pass = (to: number) => {
    const fade = Math.exp(-decay * (to - now));
    for (let i = 0; i < 4; i++) excited[i] *= fade;
    now = to;
  };
  for (const e of at) {
    for (; m <= ends[e]; m++) {
      const [id, size, price, side] = [messages.id[m], messages.size[m] / LOT, messages.price[m] / TICK, messages.direction[m]];
      if (messages.type[m] === MESSAGE.submission) orders.set(id, { side, price, size });
      else {
        const order = orders.get(id)!;
        order.size -= size;
        if (order.size === 0) orders.delete(id);
      }
    }
    for (; j < times.length && times[j] <= time[e] + 1e-9; j++) {
      pass(times[j]);
      for (let i = 0; i < 4; i++) excited[i] += branching[i][kinds[j]] * decay;
    }
    pass(time[e]);
    const all = [...orders.values()];
    see({
      excited,
      sides: Int8Array.from(all, ({ side }) => side),
      prices: Int32Array.from(all, ({ price }) => price),
      sizes: Int32Array.from(all, ({ size }) => size),
      bid: bids[e],
      ask: asks[e],
    });
  }
}
/** The states after a session's chosen events, one by one. */
export function statesOf(k: Key, s: number, seconds: number, see: (state: State) => void): void {
  const one = session(sessionKey(k, s), seconds);
  follow(one, { k: sessionKey(k, s), at: chosen(one, seconds) }, see);
}
