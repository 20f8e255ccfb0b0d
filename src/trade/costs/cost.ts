/**
 * One fill, as a cost sees it: `value` in money is what changed hands, |shares · price|, with `shares` signed (sales are negative) and
 * `price` per share. `row` and `asset` are its place in the prices. The object is used again for the next fill: read it, do not keep it.
 */
export interface Trade {
  readonly value: number;
  readonly shares: number;
  readonly price: number;
  readonly row: number;
  readonly asset: number;
}

/**
 * One position held from the row before to this one, as a cost sees it: `value` in money at the earlier close, negative for shorts, over
 * `years` of calendar time: 1/365 overnight, 3/365 over a weekend. `row` and `asset` are as in a `Trade`, and it is used again as that is.
 */
export interface Holding {
  readonly value: number;
  readonly years: number;
  readonly row: number;
  readonly asset: number;
}

/** A cost under its name in results; each function gives the money that it takes, negative where it pays. */
export interface Charge {
  /** `commission`, `halfSpread`, `impact`, `borrow`, `financing` */
  readonly name: string;
  /** of a fill, in proportion to its value: `0.0005` is 5 basis points */
  readonly rate?: number;
  /** of a fill, by any other rule */
  readonly onTrade?: (trade: Trade) => number;
  /** of a position held from row to row */
  readonly onHolding?: (holding: Holding) => number;
  /** of cash in money held for so many years of calendar time; negative cash is borrowed */
  readonly onCash?: (cash: number, years: number) => number;
}

/** What a cost is made for: the rows `dates` [T] and columns `assets` [N] of the prices. */
export interface CostMarket {
  readonly dates: readonly string[];
  readonly assets: readonly string[];
}

/**
 * A cost of trading or of holding: of a market, what it charges. Any function of this type is one; those of this folder are the usual ones.
 *
 *     const stampDuty: Cost = () => [{ name: 'stampDuty', onTrade: ({ value, shares }) => (shares > 0 ? 0.005 * value : 0) }];
 *     const levy: Cost = () => [{ name: 'levy', rate: 0.00002 }];
 */
export type Cost = (market: CostMarket) => readonly Charge[];

/**
 * Several costs as one: each charges under its own name.
 *
 *     sumCosts(proportional(0.0005), halfSpread(0.0002), borrow(0.01))
 *
 * @throws at the first use, when two have one name, since results list costs by name
 */
export const sumCosts =
  (...costs: readonly Cost[]): Cost =>
  (market) =>
    namedOnce(
      'sumCosts',
      costs.flatMap((cost) => cost(market)),
    );

/** What a cost charges on a market, nothing where there is none. Throws when two charges have one name, since the later would hide the earlier. */
export const chargesOf = (cost: Cost | undefined, { dates, assets }: CostMarket): readonly Charge[] =>
  namedOnce('costs', cost?.({ dates, assets }) ?? []);

function namedOnce(who: string, charges: readonly Charge[]): readonly Charge[] {
  const twice = charges.find(({ name }, i) => charges.findIndex((other) => other.name === name) < i);
  if (!twice) return charges;
  throw new Error(`${who}: two costs are called '${twice.name}', and results list them by name; give one another, { name: '…' }`);
}

/**
 * What a charge takes of a fill, to the unit.
 *
 * @param units     value of the fill
 * @param perMoney  units that make a money of one
 */
export function chargeOn({ rate, onTrade }: Charge, trade: Trade, units: number, perMoney: number): number {
  const share = rate === undefined ? 0 : Math.round(rate * units);
  return onTrade ? share + Math.round(onTrade(trade) * perMoney) : share;
}
