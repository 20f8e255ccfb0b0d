/**
 * Who began each trade, guessed from prices alone: 1 a buyer, after a higher price than the last other one, −1 a seller, after a lower.
 *
 *     tickRule([100, 100, 101, 101, 100])        // 0, 0, 1, 1, −1
 *
 * A trade at the price of the one before carries its sign on (a zero tick), however many there are; before the first change nobody knows, and it is 0.
 * The sign of a trade uses no later one.
 *
 * @param prices  [K] in the order of the trades
 * @returns       [K] of 1, −1 and 0
 * @throws        at a price that is no number
 *
 * Lee & Ready 1991.
 */
export function tickRule(prices: ArrayLike<number>): Int8Array {
  const signs = new Int8Array(prices.length);
  for (let k = 0; k < prices.length; k++) {
    if (!Number.isFinite(prices[k])) throw new Error(`tickRule: the price of trade ${k + 1} is ${prices[k]}; leave out what is no trade`);
    const step = k === 0 ? 0 : prices[k] - prices[k - 1];
    signs[k] = step === 0 ? (signs[k - 1] ?? 0) : Math.sign(step);
  }
  return signs;
}
