import { checkOptions } from '../../base/internal.js';
import type { AccountTerms, BrokerEvent, BrokerLimits } from './events.js';
import { type Journal, type JournalEntry, openJournal } from './journal.js';
import { reasonAgainst } from './limits.js';
import { halt, trade } from './on-bar.js';
import { type Order, orderOf, type Placed } from './order.js';
import { checkStatement, countedOf, type Difference, differencesOf, type Statement } from './reconcile.js';
import { apply, type BrokerState, digestOf, type Working } from './state.js';
import { checkLimits, refuseClock, replay, termsOf, ticksOf } from './terms.js';

/** The prices `open`, `high`, `low` and `close` of an asset on a date; `volume` in shares. */
export interface BrokerBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume?: number;
}

/** An account and what it keeps to. */
export interface PaperBrokerConfig extends Partial<AccountTerms> {
  /** those of the journal stay when left out */
  readonly limits?: BrokerLimits;
  /** the time of a call, ISO 8601; the system's unless told */
  readonly clock?: () => string;
}

/** A simulated account whose every event is on the disk before a call returns. */
export interface PaperBroker {
  /**
   * Sends an order: it works from the next bar on. Sent twice, it is placed once.
   *
   * @returns what has become of it: `rejected`, with the reason, where a limit, a missing price or a stop is against it; it stays so, and goes out later
   *          under another id alone
   * @throws  when it is no order, its id is another's, or the clock has gone back
   */
  submit(order: Order): Placed;
  /** Takes an order back, with its working exits; what has ended stays as it is. */
  cancel(id: string): Placed;
  /**
   * Trades the working orders on the bars of a date, all assets in one call, and values what is held. Prices are rounded to the tick. A date that was told before
   * is passed over.
   *
   * @throws when bars are no bars, differ from those that were told of this date, come after those of a later date, or are too low for the tick
   */
  onBar(date: string, bars: Readonly<Record<string, BrokerBar>>): void;
  /** Cancels what could only add to a position, lets what is against one take from it alone, and accepts only orders that `reduce` until `release`. */
  stop(reason: string): void;
  /** Accepts orders again, for a reason that the journal keeps. */
  release(reason: string): void;
  /** Compares with another's statement, and stops when it differs. */
  reconcile(statement: Statement): readonly Difference[];
  /** Takes another's statement for true: cash, to the cent, and positions become what it says. What has stopped stays so until `release`. */
  adopt(statement: Statement): void;
  /** An order by its id. */
  order(id: string): Placed | undefined;
  /** By id, in the order in which they came. */
  orders(): ReadonlyMap<string, Placed>;
  /** Shares by asset; what is flat is left out. */
  positions(): ReadonlyMap<string, number>;
  /** Money that is there; negative when it is owed. */
  cash(): number;
  /** Cash, and positions at their last close. */
  equity(): number;
  /** Why only orders that reduce are accepted, while that is so. */
  stopped(): string | undefined;
  /** The date of the last bar, '' before the first. */
  date(): string;
  /** All that has happened, line by line. */
  entries(): readonly JournalEntry<BrokerEvent>[];
  /** Gives the journal up to the next process. */
  close(): void;
}

/**
 * A paper broker on bars, whose state is its journal: it goes on after a crash where the last whole line ends.
 *
 *     const broker = await paperBroker('paper.jsonl', { capital: 100_000, commission: 0.0005, limits: { position: 1_000, loss: 2_000 } });
 *     broker.onBar('2016-03-01', { SPX: { open: 1937, high: 1978, low: 1937, close: 1978 } });
 *     broker.submit({ id: 'a', asset: 'SPX', shares: 10, exits: { stop: 1930, target: 2100 } });
 *     broker.onBar('2016-03-02', { SPX: { open: 1976, high: 1986, low: 1968, close: 1986 } }); // 10 at 1976
 *
 * Each call is one line: a killed process has made all of it or nothing, and who sends calls repeats the last without harm, since an order
 * counts once by its id and a bar once by its date.
 *
 * An order works from the next bar on: at its open without a level, else at the first of its levels that the bar reaches, or at the open where that
 * is beyond it already; of a limit and a stop that are both reached the stop counts. Orders that `reduce`, exits among them, trade first. The exit of an
 * entry at the open sees the same bar; of one within the bar its stop alone, since what the bar did before is not known.
 *
 * @param file    the journal; it is begun when it is not there
 * @param config  `capital` 1e6, `tick` 1e-4, `lot` 1e-3, `commission` 0; those of the journal when it is there
 * @throws        when the journal is open elsewhere, was changed, or has other terms than those told
 */
export async function paperBroker(file: string, config: PaperBrokerConfig = {}): Promise<PaperBroker> {
  checkOptions('paperBroker', config ?? null, ['capital', 'tick', 'lot', 'commission', 'participation', 'limits', 'clock']);
  const { limits, clock = () => new Date().toISOString(), ...own } = config;
  if (limits !== undefined) checkLimits(limits);
  const journal = await openJournal<BrokerEvent>(file);
  try {
    const terms = termsOf(file, journal, own);
    let state = replay(terms, journal);
    /** Runs one call: its events are in the state and on the disk, or in neither. */
    const call = (work: (emit: (event: BrokerEvent) => void, at: number) => void): void => {
      const now = clock();
      const at = Date.parse(now);
      if (!(at >= state.at)) refuseClock(now, state.at);
      const events: BrokerEvent[] = [];
      try {
        work((event) => {
          apply(state, event, at);
          events.push(event);
        }, at);
        if (events.length > 0) journal.append(now, events);
      } catch (error) {
        state = replay(terms, journal);
        throw error;
      }
    };
    if (journal.entries().length === 0) call((emit) => emit({ kind: 'opened', terms }));
    if (limits && JSON.stringify(limits) !== JSON.stringify(state.limits)) call((emit) => emit({ kind: 'limited', limits }));
    return brokerOf(journal, () => state, call);
  } catch (error) {
    journal.close();
    throw error;
  }
}

type Call = (work: (emit: (event: BrokerEvent) => void, at: number) => void) => void;

function brokerOf(journal: Journal<BrokerEvent>, now: () => BrokerState, call: Call): PaperBroker {
  const placed = (id: string) => placedOf(now().orders.get(id)!, now());
  return {
    submit(given) {
      const order = orderOf(given, now().terms);
      const known = now().orders.get(order.id);
      if (known && JSON.stringify(known.order) !== JSON.stringify(order))
        throw new Error(
          `order '${order.id}': another order has this id, ${JSON.stringify(known.order)}, and not ${JSON.stringify(order)}; nothing was placed: ` +
            'give each order an id of its own',
        );
      if (!known)
        call((emit, at) => {
          const reason = reasonAgainst(now(), order, at);
          emit(reason === undefined ? { kind: 'accepted', order } : { kind: 'rejected', order, reason });
        });
      return placed(order.id);
    },
    cancel(id) {
      if (!now().orders.has(id)) throw new Error(`there is no order '${id}' to cancel; there are ${now().orders.size}`);
      call((emit) => {
        for (const [other, one] of [...now().working])
          if (other === id || one.entry?.id === id) emit({ kind: 'cancelled', id: other, reason: 'taken back' });
      });
      return placed(id);
    },
    onBar(date, bars) {
      const inTicks = ticksOf(date, bars, now());
      const told = now().told.get(date);
      if (told !== undefined && told !== digestOf(inTicks))
        throw new Error(
          `the bars of ${date} differ from those on which it was traded; all assets of a date come in one call. What was traded stands: where bars were ` +
            'revised, bring the account to the true statement by adopt',
        );
      if (told !== undefined) return;
      if (date < now().date)
        throw new Error(
          `the bars of ${date} come after those of ${now().date}, and were not told before; nothing was traded: send dates in their order`,
        );
      call((emit) => trade(now(), date, inTicks, emit));
    },
    stop(reason) {
      checkReason('stop', reason);
      call((emit) => halt(now(), reason, emit));
    },
    release(reason) {
      checkReason('release', reason);
      if (now().stopped !== undefined) call((emit) => emit({ kind: 'released', reason }));
    },
    reconcile(statement) {
      checkStatement('reconcile', statement);
      const found = differencesOf(statement, now());
      if (found.length > 0 && now().stopped === undefined)
        call((emit) => halt(now(), `the statement differs: ${found.map(({ text }) => text).join('; ')}`, emit));
      return found;
    },
    adopt(statement) {
      checkStatement('adopt', statement);
      call((emit) => emit({ kind: 'adopted', ...countedOf(statement, now()) }));
    },
    order: (id) => (now().orders.has(id) ? placed(id) : undefined),
    orders: () => new Map([...now().orders].map(([id, one]) => [id, placedOf(one, now())])),
    positions: () => new Map([...now().book.positions].map(([asset, { lots }]) => [asset, lots / now().units.lots])),
    cash: () => moneyOf(now(), now().book.cash),
    equity: () => moneyOf(now(), now().book.equity()),
    stopped: () => now().stopped,
    date: () => now().date,
    entries: () => journal.entries(),
    close: () => journal.close(),
  };
}

const moneyOf = ({ units }: BrokerState, amount: number) => amount / (units.ticks * units.lots);

function checkReason(who: string, reason: string): void {
  if (typeof reason !== 'string' || reason === '')
    throw new Error(`${who}: the reason is ${JSON.stringify(reason)}; give one in words, which the journal keeps`);
}

function placedOf({ order, status, filled, paid, reason }: Working, { units }: BrokerState): Placed {
  const price = paid / filled / units.ticks;
  return { order, status, filled: filled / units.lots, price, ...(reason !== undefined && { reason }) };
}
