import { refuseUnknown } from '../../market/internal.js';
import { wholeLots } from './ledger.js';
import type { Market } from './market.js';
import { type Detail, note } from './outcome.js';
import type { Simulation, State } from './state.js';

/** What it costs to have held positions and cash for `years` until row t: into `costs`, each [T], at row i, and out of cash. */
export function payForHolding(
  state: State,
  { market, charges, account }: Simulation,
  years: number,
  t: number,
  costs: readonly Float64Array[],
  i: number,
): void {
  const { lots, marks } = state;
  const { columns } = market;
  const perMoney = account.units.ticks * account.units.lots;
  const holding = { value: 0, years, row: t, asset: 0 };
  const held = state.cash / perMoney;
  for (let k = 0; k < charges.length; k++) {
    const { onHolding, onCash } = charges[k];
    let sum = onCash ? Math.round(onCash(held, years) * perMoney) : 0;
    if (onHolding)
      for (let n = 0; n < lots.length; n++) {
        if (lots[n] === 0) continue;
        holding.value = Math.round(lots[n] * marks[n]) / perMoney;
        holding.asset = columns[n];
        sum += Math.round(onHolding(holding) * perMoney);
      }
    costs[k][i] += sum;
    state.cash -= sum;
  }
}

/** Delistings, splits and dividends of row t, which is the run's row i. */
export function takeActions(state: State, { market, delisting, account }: Simulation, t: number, i: number, detail?: Detail): void {
  const { lots, marks } = state;
  const { columns, width, split, dividend, listed } = market;
  for (let n = 0; n < lots.length; n++) {
    if (lots[n] === 0) continue;
    const place = t * width + columns[n];
    if (listed?.[place] === 0) {
      if (delisting === undefined) refuseDelisting(market, t, n);
      state.cash += Math.round(lots[n] * marks[n] * (1 + delisting));
      if (detail) note(detail.fills, i, n, -lots[n], marks[n] * (1 + delisting), 0, true);
      lots[n] = 0;
      continue;
    }
    const [ratio, paid] = [split ? split[place] : 1, dividend ? dividend[place] : 0];
    if (!(ratio > 0 && paid >= 0)) refuseUnknown(`backtest: '${market.assets[n]}' of ${market.source} on ${market.dates[t]}`, ratio, paid);
    if (ratio !== 1) {
      const before = Math.round(lots[n] * marks[n]);
      lots[n] = wholeLots(lots[n] * ratio);
      marks[n] /= ratio;
      state.cash += before - Math.round(lots[n] * marks[n]); // in lieu of what is no whole lot
    }
    if (paid > 0) state.cash += Math.round(lots[n] * (paid * account.units.ticks));
  }
}

function refuseDelisting({ dates, assets }: Market, t: number, n: number): never {
  throw new Error(
    `backtest: '${assets[n]}' is delisted on ${dates[t]} and is held; say what its holders get over its last price: ` +
      '{ delisting: -0.3 } is a loss of 30 %, the mean of delistings for bad performance (Shumway 1997), { delisting: 0 } its last price',
  );
}
