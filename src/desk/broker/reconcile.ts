import { checkNumber, checkOptions } from '../../base/internal.js';
import { isMultiple } from './order.js';
import type { BrokerState } from './state.js';

/** What another says of the account: `cash` in money, and in `positions` shares by asset. */
export interface Statement {
  readonly cash: number;
  readonly positions: Readonly<Record<string, number>>;
}

/** Where a statement differs from what the broker has: cash or the shares of an asset, `ours` and `theirs`. */
export interface Difference {
  /** the asset, or `cash` */
  readonly of: 'cash' | (string & {});
  readonly ours: number;
  readonly theirs: number;
  /** in words */
  readonly text: string;
}

/** What a statement says otherwise than the broker, cash first and assets in the order of their names. */
export function differencesOf({ cash, positions }: Statement, { book, units }: BrokerState): readonly Difference[] {
  const perMoney = units.ticks * units.lots;
  const sharesOf = (asset: string) => (book.positions.get(asset)?.lots ?? 0) / units.lots;
  const assets = [...new Set([...book.positions.keys(), ...Object.keys(positions)])].sort();
  const pairs: [of: string, ours: number, theirs: number, step: number][] = [
    ['cash', book.cash / perMoney, cash, 1 / perMoney],
    ...assets.map((asset): [string, number, number, number] => [asset, sharesOf(asset), positions[asset] ?? 0, 1e-9]),
  ];
  return pairs
    .filter(([, ours, theirs, step]) => !(Math.abs(ours - theirs) < step / 2))
    .map(([of, ours, theirs]) => ({ of, ours, theirs, text: `${of} is ${ours} here and ${theirs} there` }));
}

/** Refuses what is no statement. */
export function checkStatement(who: string, statement: Statement): void {
  checkOptions(who, statement ?? null, ['cash', 'positions']);
  if (typeof statement.cash !== 'number')
    throw new Error(`${who}: cash is ${JSON.stringify(statement.cash)}; it must be money as a number`);
  checkNumber(who, 'cash', statement.cash, {});
  if (typeof statement.positions !== 'object' || statement.positions === null)
    throw new Error(`${who}: positions is ${JSON.stringify(statement.positions)}; give shares by asset, {} for none`);
  for (const [asset, shares] of Object.entries(statement.positions))
    if (typeof shares !== 'number' || !Number.isFinite(shares))
      throw new Error(`${who}: of ${asset} it has ${JSON.stringify(shares)} shares; they must be a number`);
}

/** A statement in the smallest units; refuses shares that are no whole lots, and assets that have no price yet. */
export function countedOf(
  { cash, positions }: Statement,
  { terms, units, last }: BrokerState,
): { cash: number; lots: Record<string, number> } {
  const lots = Object.entries(positions).map(([asset, shares]): [string, number] => {
    if (!isMultiple(shares, terms.lot))
      throw new Error(`adopt: of ${asset} it has ${shares} shares, which are no whole lots of ${terms.lot}`);
    if (shares !== 0 && !last.has(asset))
      throw new Error(`adopt: no price of ${asset} is known yet, so that the account would have no worth; send its bar first`);
    return [asset, Math.round(shares * units.lots)];
  });
  return { cash: Math.round(cash * units.ticks * units.lots), lots: Object.fromEntries(lots) };
}
