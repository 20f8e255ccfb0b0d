import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { AccountTerms, BarTicks, BrokerEvent, BrokerLimits } from './events.js';
import type { Journal } from './journal.js';
import { apply, type BrokerState, openState } from './state.js';

/** The terms of a journal, or those of a new account; refuses others than the journal's. */
export function termsOf(file: string, journal: Journal<BrokerEvent>, told: Partial<AccountTerms>): AccountTerms {
  const { capital = 1e6, tick = 1e-4, lot = 1e-3, commission = 0, participation } = told;
  for (const [name, value] of Object.entries({ capital, tick, lot })) checkNumber('paperBroker', name, value, { above: 0 });
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

/** Refuses limits that are none. */
export function checkLimits(limits: BrokerLimits): void {
  checkOptions('paperBroker: limits', limits, ['position', 'concentration', 'gross', 'loss', 'rate']);
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

/** Bars of prices in ticks; refuses what is no bar. */
export function ticksOf(
  date: string,
  bars: Readonly<Record<string, { open: number; high: number; low: number; close: number; volume?: number }>>,
  { units, terms }: BrokerState,
): Record<string, BarTicks> {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new Error(`onBar: the date is '${date}'; it must be such as 2016-03-01`);
  return Object.fromEntries(
    Object.entries(bars).map(([asset, bar]) => {
      const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map((price) => Math.round(price * units.ticks));
      if (!(Math.min(open, high, low, close) > 0 && low <= Math.min(open, close) && high >= Math.max(open, close)))
        throw new Error(
          `the bar of ${asset} on ${date} is open ${bar.open}, high ${bar.high}, low ${bar.low}, close ${bar.close}; prices must be above 0, the low the ` +
            'least and the high the most of them. Nothing was traded: mend it, or leave the asset out where it did not trade',
        );
      if (terms.participation === undefined) return [asset, [open, high, low, close]];
      if (!(bar.volume! >= 0))
        throw new Error(
          `the bar of ${asset} on ${date} has the volume ${bar.volume}, and the account's participation needs one of 0 or more`,
        );
      return [asset, [open, high, low, close, Math.round(bar.volume! * units.lots)]];
    }),
  );
}

/** Refuses to go on while the clock is behind the last call: limits by time would not bind. */
export function refuseClock(now: string, before: number): never {
  throw new Error(
    `the clock says ${now}, which is ${Number.isNaN(Date.parse(now)) ? 'no time' : `before the last call, of ${new Date(before).toISOString()}`}; ` +
      'nothing was sent: set the clock right, then send it again',
  );
}
