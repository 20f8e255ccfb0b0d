/** The bounds of a number: those left out do not bind. */
export interface Bounds {
  /** The least that is allowed. */
  readonly from?: number;
  /** The number must be greater than this. */
  readonly above?: number;
  /** The most that is allowed. */
  readonly to?: number;
  /** The number must be less than this. */
  readonly below?: number;
}

/**
 * An argument that counts: `pgd: steps must be a whole number from 1 up, got 2.5`.
 *
 * @param who   the function that was called
 * @param hint  the likely cause or the fix, when there is more to say than the bounds
 * @throws      when the value is no whole number within the bounds, from 1 up when left out
 */
export function checkWhole(who: string, name: string, value: number, bounds: Bounds = { from: 1 }, hint?: string): void {
  if (!(Number.isSafeInteger(value) && isWithin(value, bounds))) refuse(who, name, value, 'whole', bounds, hint);
}

/**
 * An argument that measures: `adam: beta2 must be a finite number from 0 up, below 1, got 1`.
 *
 * @param who   the function that was called
 * @param hint  the likely cause or the fix, when there is more to say than the bounds
 * @throws      when the value is not finite or outside the bounds
 */
export function checkNumber(who: string, name: string, value: number, bounds: Bounds, hint?: string): void {
  if (!(Number.isFinite(value) && isWithin(value, bounds))) refuse(who, name, value, 'finite', bounds, hint);
}

const isWithin = (value: number, { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity }: Bounds): boolean =>
  value >= from && value > above && value <= to && value < below;

function refuse(who: string, name: string, value: number, kind: string, { from, above, to, below }: Bounds, hint?: string): never {
  const least = from !== undefined ? ` from ${from}${to === undefined ? ' up' : ''}` : above !== undefined ? ` above ${above}` : '';
  const most =
    to !== undefined ? `${above === undefined ? '' : ', up'} to ${to}` : below !== undefined ? `${least && ','} below ${below}` : '';
  throw new Error(`${who}: ${name} must be a ${kind} number${least}${most}, got ${value}${hint ? `; ${hint}` : ''}`);
}
