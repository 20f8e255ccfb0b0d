export { type EgarchOptions, egarch, type GarchOptions, type GarchPaths, garch } from './garch.js';
export { ar1, gbm, randomWalk } from './gaussian.js';
export { type HawkesEvents, type HawkesOptions, hawkes } from './hawkes.js';
export { type HestonOptions, type HestonPaths, heston } from './heston.js';
export { type OrderFlowOptions, orderFlow } from './order-flow.js';
export type { Paths } from './paths.js';
export { type RegimeOptions, type RegimePaths, regimeSwitching } from './regimes.js';
