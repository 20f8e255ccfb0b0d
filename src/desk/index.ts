export type { AccountTerms, BrokerEvent, BrokerLimits } from './broker/events.js';
export { type Journal, type JournalEntry, openJournal } from './broker/journal.js';
export type { Order, OrderStatus, Placed } from './broker/order.js';
export { type BrokerBar, type PaperBroker, type PaperBrokerConfig, paperBroker } from './broker/paper-broker.js';
export type { Difference, Statement } from './broker/reconcile.js';
export { type DriftAlarm, type DriftLook, type DriftMonitor, type DriftOptions, type DriftRows, driftMonitor } from './monitor/drift.js';
