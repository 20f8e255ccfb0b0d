import type { ExecutionProblem, ExecutionWorldConfig } from '../../../src/trade/browser.js';

/** Table 1 of Almgren & Chriss 2000: a million shares at a price of 50, in five days. */
export const PROBLEM: ExecutionProblem = {
  shares: 1e6,
  days: 5,
  slices: 5,
  volatility: 0.95,
  halfSpread: 0.0625,
  permanent: 2.5e-7,
  temporary: 2.5e-6,
};

/** λ, per unit of money. */
export const RISK_AVERSION = 1e-6;

/** The world that the agent was trained in: it sees the time, its shares, and what it has lost so far. */
export const WORLD: ExecutionWorldConfig = { problem: PROBLEM, riskAversion: RISK_AVERSION, sees: 'price', actions: 21, pace: 'rest' };

/** Basis points of the block's value of 50 million. */
export const basisPoints = (money: number): number => (1e4 * money) / 50e6;
