/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { movingAverage } from './forecast/dlinear-ridge.js';
export { checkDraws } from './inference/bootstrap.js';
export { bartlettDegreesOfFreedom, overlapLags } from './inference/newey-west.js';
export { rollingMoments } from './rolling-moments.js';
