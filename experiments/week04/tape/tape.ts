import { fromColumns, type Matrix } from '../../../src/linalg/index.js';
import {
  assertNoLeak,
  fetchData,
  inferredMid,
  loadTicks,
  type MidChangeLabels,
  nextMidChange,
  type RowRange,
  type Ticks,
  type TradeEvents,
  tradeEvents,
  tradeFlow,
} from '../../../src/market/index.js';
import { restoreScaler, scaler } from '../../../src/stats/index.js';

const NAME = 'mlfinpy/e-mini-trades';
/** A tick of the E-mini, in index points. */
export const TICK = 0.25;
/** Events ahead over which a price change is forecast. */
export const AHEAD = [1, 5, 10];
/** Of the intervals between two changes of the mid, in their order: those to fit on, then those to choose by; the rest judges. */
const [FITTED, CHOSEN] = [2000, 480];

/** One session of trades, as it is learnt from: rows are labelled events, in their order. */
export interface Tape {
  readonly events: TradeEvents;
  /** [E] in index points. */
  readonly mids: Float64Array;
  readonly labels: MidChangeLabels;
  /** What is known at each event [E, F], on the scale of the rows to fit on. */
  readonly features: Matrix;
  readonly train: RowRange;
  readonly validation: RowRange;
  readonly test: RowRange;
}

async function trades(): Promise<Ticks> {
  try {
    return loadTicks(NAME);
  } catch (error) {
    if (!/ is not there; fetch it/.test((error as Error).message)) throw error;
    await fetchData(NAME);
    return loadTicks(NAME);
  }
}

/** The session, or a part of it that takes a second. */
export async function loadTape(quick: boolean): Promise<Tape> {
  const events = tradeEvents(await trades());
  const mids = inferredMid(events.prices, { tick: TICK });
  const labels = nextMidChange(events.times, mids);
  const { train, validation, test } = parts(labels, events, quick);
  // Inside the band the place of a trade is its side, and so is the flow of one event: the last side stands for all three.
  const flow = tradeFlow(events, { tick: TICK, windows: [5, 20, 100] });
  const names = flow.names.filter((name) => name !== 'place');
  const E = events.times.length;
  const columns = names.map((name) => {
    const at = flow.names.indexOf(name);
    return Float64Array.from({ length: E }, (_, e) => flow.x.data[e * flow.names.length + at]);
  });
  const raw = fromColumns(columns, names);
  const { state } = scaler('standard').fit(rowsOf(raw, labels, train));
  const columnsOfScale = state.columns.map((one) => (isDirected(one.name) ? { ...one, centre: 0 } : one));
  const { apply } = restoreScaler({ ...state, columns: columnsOfScale });
  return { events, mids, labels, features: { ...apply(raw), names }, train, validation, test };
}

/** Whether a feature changes its sign in a mirror, prices up for down. */
export const isDirected = (name: string): boolean => /sign|flow|move/.test(name);

/** Three parts in the order of time; no label of one, nor a price change ahead, is open when the next begins. */
function parts({ intervals, dates, knownAt, starts }: MidChangeLabels, { times }: TradeEvents, quick: boolean) {
  const [fitted, chosen] = quick ? [100, 40] : [FITTED, CHOSEN];
  const from = quick ? 1400 : 0; // in the part of the session that is dense
  const begin = (interval: number) => intervals.indexOf(interval);
  const longest = Math.max(...AHEAD);
  const last = quick ? begin(from + fitted + chosen + 60) : times.length - longest - starts[0];
  const train = { start: begin(from), end: begin(from + fitted) - longest };
  const validation = { start: begin(from + fitted), end: begin(from + fitted + chosen) - longest };
  const test = { start: begin(from + fitted + chosen), end: Math.min(last, intervals.length - longest) };
  const ahead = dates.map((_date, i) => dates[i + longest] ?? knownAt[i]).map((date, i) => (date > knownAt[i] ? date : knownAt[i]));
  assertNoLeak(dates, { train, test: validation, horizon: ahead, embargo: 0 });
  assertNoLeak(dates, { train: { start: train.start, end: validation.end }, test, horizon: ahead, embargo: 0 });
  return { train, validation, test };
}

/** Rows of what is known at labelled events. */
export function rowsOf(x: Matrix, { starts }: Pick<MidChangeLabels, 'starts'>, { start, end }: RowRange): Matrix {
  const [from, to] = [starts[start] * x.cols, (starts[end - 1] + 1) * x.cols];
  return { ...x, rows: end - start, data: x.data.slice(from, to) };
}

/** Whether the next change of the mid is a rise: 1 or 0, by row. */
export const rises = ({ labels }: Tape, { start, end }: RowRange): Float64Array =>
  Float64Array.from({ length: end - start }, (_, i) => Number(labels.directions[start + i] > 0));

/** By how many ticks the price of trades changes over so many events, by row. */
export const changes = ({ labels, events }: Tape, { start, end }: RowRange, ahead: number): Float64Array =>
  Float64Array.from({ length: end - start }, (_, i) => {
    const e = labels.starts[start + i];
    return (events.prices[e + ahead] - events.prices[e]) / TICK;
  });

/** Columns that change their sign in a mirror, and no others, so that no fit on them can learn which way this one session went: directed features, and their products with the rest. */
export function mirrored({ features }: Tape): Matrix {
  const { rows, cols, data, names = [] } = features;
  const [odd, even] = [true, false].map((want) => names.flatMap((name, j) => (isDirected(name) === want ? [j] : [])));
  const made = odd.flatMap((j) => [
    { name: names[j], of: (at: number) => data[at + j] },
    ...even.map((k) => ({ name: `${names[j]} × ${names[k]}`, of: (at: number) => data[at + j] * data[at + k] })),
  ]);
  const columns = made.map(({ of }) => Float64Array.from({ length: rows }, (_, i) => of(i * cols)));
  return fromColumns(
    columns,
    made.map(({ name }) => name),
  );
}
