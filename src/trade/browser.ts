/** What needs nothing of Node: for pages that compute in a browser. */
export { type ExecutionProblem, optimalHoldings } from './execution/almgren-chriss.js';
export { twap } from './execution/schedules.js';
export { implementationShortfall } from './execution/shortfall.js';
export { saleOf, simulateExecution } from './execution/simulate.js';
export { agentRule, type ExecutionWorldConfig } from './execution/world.js';
export { type BlackLitterman, blackLitterman, type View } from './portfolio/black-litterman.js';
export { impliedReturns, optimalWeights } from './portfolio/reverse-optimisation.js';
