/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */

export { meanWithError } from './metrics/mean-error.js';
export { checkPerYear } from './metrics/returns.js';
export { appendToLog, readEntries } from './trials/log.js';
