import type { ExecutionProblem } from '../../src/trade/execution/almgren-chriss.js';

/** The example of Almgren & Chriss 2000, table 1: a million shares of a price of 50, with a volatility of 30 % a year, sold within five days. */
export const ALMGREN_CHRISS: ExecutionProblem = {
  shares: 1e6,
  days: 5,
  slices: 5,
  volatility: 0.95,
  halfSpread: 0.0625,
  permanent: 2.5e-7,
  temporary: 2.5e-6,
};
