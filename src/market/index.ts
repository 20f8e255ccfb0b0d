export { isTradingDay, nextTradingDay, previousTradingDay, tradingDays } from './calendar.js';
export { type CsvOptions, parseCsv, readCsv } from './csv.js';
export { loadBars, loadPanel, type PanelSelection, toPanel } from './load.js';
export { type Bars, column, mapValues, type Panel, type Selection, select } from './panel.js';
export { logReturns, simpleReturns } from './returns.js';
export { dataRoot, type Description, list, load, type Provenance, save } from './store.js';
export type { Kind, Table } from './table.js';
export { updateData, type UpdateEvent } from './update.js';
