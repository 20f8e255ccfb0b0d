/** What a ledger holds of an asset. */
export interface Position {
  /** signed number of lots, negative when short */
  lots: number;
  /** money paid for what is open, negative for the proceeds of a short sale: the average cost of a lot times `lots` */
  cost: number;
  /** price of a lot at which it is valued; a whole number but between a split and the next price */
  mark: number;
}

/** One event of a ledger, of some `kind`, and what it did, in the smallest unit of money. */
export interface LedgerEntry {
  readonly kind: 'trade' | 'mark' | 'split' | 'dividend' | 'settle' | 'charge';
  /** the asset, or the name of a charge */
  readonly name: string;
  /** change of cash */
  readonly cash: number;
  /** cash and positions after the event */
  readonly equity: number;
}

/**
 * An account in whole numbers, one event after the other: what a backtest must equal.
 *
 * Money is counted in its smallest unit (cents, say), positions in lots, and a price is the whole number of units that one lot costs, so
 * that nothing is rounded but dividends of a fraction of a cent. After every event
 *
 *     cash + Σ lots · mark = start + closed + open + income − charges
 *
 * `cash`, `closed` (profit of what was closed, at average cost), `income` (dividends, negative for what a short pays) and the open profit
 * `open()` are in units, as are `charges` by name; `positions` by asset leave out what is flat.
 */
export interface Ledger {
  readonly cash: number;
  readonly closed: number;
  readonly income: number;
  readonly charges: Readonly<Record<string, number>>;
  readonly positions: ReadonlyMap<string, Readonly<Position>>;
  /** every event so far, in order */
  readonly entries: readonly LedgerEntry[];
  /** cash and all positions at their marks */
  equity(): number;
  /** profit of what is open, at its marks */
  open(): number;
  /** Buys lots at a price, sells them when negative; the position is valued at that price from then on. */
  trade(asset: string, lots: number, price: number): void;
  /** Takes money for a reason: a commission, the borrowing of stock. */
  charge(name: string, amount: number): void;
  /** Values a position at a price; without a position it does nothing. */
  mark(asset: string, price: number): void;
  /** So many new lots for each old one, before the price changes; what is no whole lot is paid out, so that the account is worth the same. */
  split(asset: string, ratio: number): void;
  /** Pays to who holds at the ex-date so much a lot, and takes it of who is short; rounded to the unit. */
  dividend(asset: string, perLot: number): void;
  /** Ends a position without a trade, for its holder's proceeds in all: a delisting, a takeover. */
  settle(asset: string, proceeds: number): void;
}

/**
 * A ledger that starts with cash, in the smallest unit of money.
 *
 *     const book = ledger(1_000_000);          // cash of 10,000.00
 *     book.trade('A', -10, 45_350);            // short 10 at 453.50
 *     book.trade('A', 10, 35_350);             // covered at 353.50
 *     book.equity();                           // 1,100,000
 *
 * @throws when an amount, a number of lots or a price is no whole number, a split's ratio is not above 0, or a dividend is not finite
 */
export function ledger(start: number): Ledger {
  let [cash, closed, income] = [whole('start', start), 0, 0];
  const charges: Record<string, number> = {};
  const positions = new Map<string, Position>();
  const entries: LedgerEntry[] = [];

  const worthOf = ({ lots, mark }: Position) => Math.round(lots * mark);
  const equity = () => [...positions.values()].reduce((sum, position) => sum + worthOf(position), cash);
  function enter(kind: LedgerEntry['kind'], name: string, change: number): void {
    cash += change;
    if (positions.get(name)?.lots === 0) positions.delete(name);
    entries.push({ kind, name, cash: change, equity: equity() });
  }
  /** Takes lots out of a position, with their share of its cost, and books their profit. */
  function close(position: Position, lots: number, proceeds: number): void {
    const cost = lots === position.lots ? position.cost : Math.round((position.cost * lots) / position.lots);
    position.lots -= lots;
    position.cost -= cost;
    closed += proceeds - cost;
  }

  return {
    get cash() {
      return cash;
    },
    get closed() {
      return closed;
    },
    get income() {
      return income;
    },
    charges,
    positions,
    entries,
    equity,
    open: () => [...positions.values()].reduce((sum, position) => sum + worthOf(position) - position.cost, 0),
    trade(asset, lots, price) {
      whole('lots', lots);
      whole('price', price);
      const position = positions.get(asset) ?? { lots: 0, cost: 0, mark: price };
      positions.set(asset, position);
      position.mark = price;
      const isAgainst = Math.sign(lots) === -Math.sign(position.lots);
      const closing = isAgainst ? Math.sign(lots) * Math.min(Math.abs(lots), Math.abs(position.lots)) : 0;
      if (closing !== 0) close(position, -closing, -closing * price);
      position.lots += lots - closing;
      position.cost += (lots - closing) * price;
      enter('trade', asset, -lots * price);
    },
    charge(name, amount) {
      charges[name] = (charges[name] ?? 0) + whole(name, amount);
      enter('charge', name, -amount);
    },
    mark(asset, price) {
      const position = positions.get(asset);
      if (!position) return;
      position.mark = whole('price', price);
      enter('mark', asset, 0);
    },
    split(asset, ratio) {
      const position = positions.get(asset);
      if (!position) return;
      if (!(ratio > 0 && ratio < Infinity))
        throw new Error(`ledger: a split makes a finite number of new lots above 0 of each old one, got ${ratio} for '${asset}'`);
      const before = worthOf(position);
      const lots = wholeLots(position.lots * ratio);
      const rest = position.lots - lots / ratio; // old lots that make no whole new one
      const after = { lots, mark: position.mark / ratio };
      const paid = before - worthOf({ ...after, cost: 0 });
      const cost = lots === 0 ? position.cost : Math.round((position.cost * rest) / position.lots);
      Object.assign(position, after, { cost: position.cost - cost });
      closed += paid - cost;
      enter('split', asset, paid);
    },
    dividend(asset, perLot) {
      if (!Number.isFinite(perLot)) throw new Error(`ledger: a dividend is a finite number of units a lot, got ${perLot} for '${asset}'`);
      const paid = Math.round((positions.get(asset)?.lots ?? 0) * perLot);
      income += paid;
      enter('dividend', asset, paid);
    },
    settle(asset, proceeds) {
      const position = positions.get(asset);
      if (!position) return;
      close(position, position.lots, whole('proceeds', proceeds));
      enter('settle', asset, proceeds);
    },
  };
}

/** Whole lots of a number that splits have made, towards none; the last digits of a product do not count. */
export function wholeLots(lots: number): number {
  const nearest = Math.round(lots);
  return Math.abs(lots - nearest) < 1e-9 + 1e-15 * Math.abs(lots) ? nearest : Math.trunc(lots);
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new Error(
    `ledger: ${name} must be a whole number below 2^53, got ${value}; count money in its smallest unit, and prices in it per lot`,
  );
}
