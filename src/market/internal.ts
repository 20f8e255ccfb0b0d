/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { refuseUnknown } from './frame/actions.js';
export { GAP } from './frame/listing.js';
export { ADJUSTMENTS } from './panel/panel.js';
export { dateFormats } from './sources/csv/date-formats.js';
export { tryLock, withLock } from './store/file-lock.js';
export { unreadableRecords } from './store/store.js';
