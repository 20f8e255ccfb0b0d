/** What needs nothing of Node: for pages that compute in a browser, and for the files of other rooms that such pages take. */
export { checkNumber, checkOneOf, checkOptions, checkWhole } from './checks.js';
export { fold, inverseNormal, type Key, key, normal, uniform } from './random.js';
