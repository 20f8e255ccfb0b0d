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
    ...assets.map((asset): [string, number, number, number] => [asset, sharesOf(asset), positions[asset] ?? 0, 1 / units.lots]),
  ];
  return pairs
    .filter(([, ours, theirs, step]) => !(Math.abs(ours - theirs) < step / 2))
    .map(([of, ours, theirs]) => ({ of, ours, theirs, text: `${of} is ${ours} here and ${theirs} there` }));
}
