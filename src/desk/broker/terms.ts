import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { AccountTerms, BarTicks, BrokerEvent, BrokerLimits } from './events.js';
import type { Journal } from './journal.js';
import { isDate, isMultiple } from './order.js';
import { apply, type BrokerState, openState } from './state.js';

/** The terms of a journal, or those of a new account; refuses others than the journal's. */
export function termsOf(file: string, journal: Journal<BrokerEvent>, told: Partial<AccountTerms>): AccountTerms {
  const { capital = 1e6, tick = 1e-4, lot = 1e-3, commission = 0, participation } = told;
  for (const [name, value] of Object.entries({ capital, tick, lot })) checkNumber('paperBroker', name, value, { above: 0 });
  for (const [name, step] of Object.entries({ tick, lot }))
    if (!isMultiple(step < 1 ? 1 / step : step, 1))
      throw new Error(
        `paperBroker: ${name} is ${step}; a step must go into 1 a whole number of times, such as 0.01 or 0.25, or be a whole number`,
      );
  checkNumber('paperBroker', 'commission', commission, { from: 0, below: 1 });
  if (participation !== undefined) checkNumber('paperBroker', 'participation', participation, { above: 0, to: 1 });
  const opened = journal.entries()[0]?.events[0];
  if (opened === undefined) return { capital, tick, lot, commission, ...(participation !== undefined && { participation }) };
  if (opened.kind !== 'opened') throw new Error(`${file} is no broker's journal: it begins with '${opened.kind}'; name another file`);
  for (const [name, value] of Object.entries(told)) {
    const own = opened.terms[name as keyof AccountTerms];
    if (own !== value)
      throw new Error(
        `paperBroker: ${name} is ${value}, and the account in ${file} was opened with ${own ?? 'none'}; leave it out, or begin another journal`,
      );
  }
  return opened.terms;
}

/** The part of a price by which its rounding to the tick may change it. */
const ROUNDING = 1e-3;

/** Refuses limits that are none. */
export function checkLimits(limits: BrokerLimits): void {
  checkOptions('paperBroker: limits', limits ?? null, ['position', 'concentration', 'gross', 'loss', 'rate']);
  const { rate, ...amounts } = limits;
  for (const [name, value] of Object.entries(amounts)) checkNumber('paperBroker: limits', name, value, { above: 0 });
  if (rate !== undefined) checkWhole('paperBroker: limits', 'rate', rate);
}

/** The state after all lines of a journal. */
export function replay(terms: AccountTerms, journal: Journal<BrokerEvent>): BrokerState {
  const state = openState(terms);
  for (const { at, events } of journal.entries()) for (const event of events) apply(state, event, Date.parse(at));
  return state;
}

/** Bars of prices, rounded to the tick, in grains; refuses what is no bar. */
export function ticksOf(
  date: string,
  bars: Readonly<Record<string, { open: number; high: number; low: number; close: number; volume?: number }>>,
  { units, terms }: BrokerState,
): Record<string, BarTicks> {
  if (!isDate(date)) throw new Error(`onBar: the date is ${JSON.stringify(date)}; it must be one such as 2016-03-01`);
  if (typeof bars !== 'object' || bars === null)
    throw new Error(`onBar: the bars of ${date} are ${bars}; give them by asset, { SPX: { open, high, low, close } }`);
  return Object.fromEntries(
    Object.entries(bars).map(([asset, bar]) => {
      const who = `the bar of ${asset} on ${date}`;
      const { open, high, low, close, volume } = bar ?? {};
      const prices = [open, high, low, close];
      if (
        !(
          prices.every((price) => Number.isFinite(price)) &&
          Math.min(...prices) > 0 &&
          low <= Math.min(open, close) &&
          high >= Math.max(open, close)
        )
      )
        throw new Error(
          `${who} is open ${open}, high ${high}, low ${low}, close ${close}; prices must be numbers above 0, the low the ` +
            'least and the high the most of them. Nothing was traded: mend it, or leave the asset out where it did not trade',
        );
      const grains = Math.round(units.ticks * terms.tick); // of a tick
      const inTicks = (price: number) => Math.round(terms.tick < 1 ? price * Math.round(1 / terms.tick) : price / terms.tick);
      const [o, h, l, c] = prices.map((price) => grains * inTicks(price));
      const coarse = prices.find((price) => Math.abs((grains * inTicks(price)) / units.ticks - price) > ROUNDING * price);
      if (coarse !== undefined)
        throw new Error(
          `${who} has the price ${coarse}, which the account's tick of ${terms.tick} changes by more than ${100 * ROUNDING} %; open one with a smaller tick`,
        );
      if (terms.participation === undefined) return [asset, [o, h, l, c]];
      if (!(Number.isFinite(volume) && volume! >= 0))
        throw new Error(`${who} has the volume ${volume}, and the account's participation needs one of 0 or more`);
      return [asset, [o, h, l, c, Math.round(volume! * units.lots)]];
    }),
  );
}

/** Refuses to go on while the clock is behind the last call: limits by time would not bind. */
export function refuseClock(now: string, before: number): never {
  throw new Error(
    `the clock says ${JSON.stringify(now)}, which is ${Number.isNaN(Date.parse(now)) ? 'no time' : `before the last call, of ${new Date(before).toISOString()}`}; ` +
      'nothing was sent: set the clock right, then send it again',
  );
}
