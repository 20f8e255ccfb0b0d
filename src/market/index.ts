export { dataRoot } from '../base/internal.js';
export { audit, usable, withUsable } from './audit/audit.js';
export { AUDIT_RULES, type AuditFinding, type AuditRule, type AuditThresholds } from './audit/finding.js';
export type { Fills, OrderBook, Side } from './book/book.js';
export { midPrice, orderFlowImbalance, queueImbalance, weightedMid } from './book/imbalance.js';
export { type BookRows, MESSAGE, type Messages, replayMessages } from './book/messages.js';
export { fitMicroPrice, type MicroPrice, type MicroPriceOptions } from './book/micro-price.js';
export { orderBook } from './book/order-book.js';
export { computeFeatures, resumeFeatures, streamFeatures } from './features/compute.js';
export { crossSectionalRank } from './features/cross-section.js';
export type { Feature, Scaling } from './features/feature.js';
export type { FeatureFrame } from './features/feature-frame.js';
export { lag, momentum } from './features/features.js';
export * as operators from './features/operators/index.js';
export { explainFeature, features } from './features/registry.js';
export { realisedVolatility, rolling, rollingMean, rollingStandardDeviation } from './features/rolling.js';
export type { FeatureStream } from './features/stream.js';
export { adjust, type CorporateAction, withActions } from './frame/actions.js';
export { type FrameReading, frameFromDataFrame, frameToDataFrame } from './frame/data-frame.js';
export {
  asKnown,
  BAR_FIELDS,
  type Frame,
  type FrameExtras,
  fieldOf,
  frameOf,
  type Series,
  selectFrame,
  withUniverse,
} from './frame/frame.js';
export { type AsOfOptions, joinAsOf, joinByPeriod } from './frame/join.js';
export { type FrameJoin, joinFrames } from './frame/join-frames.js';
export { type FrameSelection, loadFrame, type SeriesChoice } from './frame/load-frame.js';
export { resample } from './frame/resample.js';
export { forwardDirection, forwardLogReturn, forwardVolatility } from './labels/forward-return.js';
export { fitQuantileRegimes, type QuantileRegimes } from './labels/quantile-regimes.js';
export { type BarrierEvents, type Barriers, tripleBarrier } from './labels/triple-barrier.js';
export { concurrency, type LabelSpans, uniqueness } from './labels/uniqueness.js';
export { CHANGES, type ChangeName } from './lookahead/changes.js';
export { type Dated, Lookahead } from './lookahead/compare.js';
export { assertNoLookahead, type LookaheadOptions } from './lookahead/lookahead.js';
export { assertNextBar, type NextBarOptions } from './lookahead/next-bar.js';
export type { Pipeline } from './lookahead/run.js';
export { type Aligned, align, sideBySide } from './panel/align.js';
export { matrixOf, type PanelWindows, windowsOf } from './panel/arrays.js';
export { closingTime, isTradingDay, nextTradingDay, previousTradingDay, tradingDays } from './panel/calendar.js';
export { combine } from './panel/combine.js';
export { type Danfo, type DataFrameReading, type DataFrameRows, fromDataFrame, toDataFrame } from './panel/data-frame.js';
export { loadBars, loadPanel, type PanelSelection, toPanel } from './panel/load.js';
export { type Coverage, dropMissing, dropSparse, forwardFill, maskSparse } from './panel/missing.js';
export { type Adjustment, type Bars, mapValues, type Panel, type Selection, select, seriesOf } from './panel/panel.js';
export type { Period } from './panel/periods.js';
export { type KnownAt, knownAfter, type Published } from './panel/publication.js';
export { logReturns, simpleReturns } from './panel/returns.js';
export { rowsOf } from './panel/rows.js';
export { type Stacked, stack, unstack } from './panel/stack.js';
export { demean, zScore } from './panel/standardise.js';
export * as simulate from './simulate/simulate.js';
export { parseCsv, readCsv } from './sources/csv/csv.js';
export type { DateFormat } from './sources/csv/date-formats.js';
export { type CsvImport, importCsv } from './sources/csv/import-csv.js';
export type { CsvOptions } from './sources/csv/options.js';
export { type LobsterDay, type LobsterFiles, readLobster, writeLobster } from './sources/lobster.js';
export {
  type LongHorizonErrors,
  type LongHorizonFolds,
  type LongHorizonOptions,
  longHorizonErrors,
  longHorizonFolds,
} from './sources/long-horizon.js';
export { type Fetched, fetchData, loadTicks, type OptionalData, optionalData } from './sources/optional/optional.js';
export { type UpdateEvent, updateData } from './sources/update.js';
export { updateYahoo, type YahooOptions } from './sources/yahoo.js';
export { type Fold, type Horizon, type RowChoice, type RowRange, rowNumbers } from './splits/fold.js';
export { assertNoLeak } from './splits/no-leak.js';
export {
  type CombinatorialFolds,
  combinatorialPurged,
  type PathPart,
  type PurgedFold,
  type Purging,
  purgedFold,
  purgedKFold,
} from './splits/purged.js';
export { stitch } from './splits/stitch.js';
export { type WalkForward, walkForward } from './splits/walk-forward.js';
export { type DataExport, exportDataset } from './store/export.js';
export { type ParquetBatches, type ParquetBatchesConfig, parquetBatches } from './store/parquet-batches.js';
export type { Description, Provenance } from './store/provenance.js';
export { query, type SqlRow } from './store/sql.js';
export { listDatasets, loadDataset, removeDataset, saveDataset } from './store/store.js';
export type { Kind, Table } from './store/table.js';
export { inferredMid, type MidChangeLabels, type MidOptions, nextMidChange } from './ticks/inferred-mid.js';
export { readTicks, type TickOptions } from './ticks/read-ticks.js';
export { type RoundTrips, roundTrips } from './ticks/round-trips.js';
export { tickRule } from './ticks/tick-rule.js';
export type { Ticks } from './ticks/ticks.js';
export { type BarRule, barPanels, type TradeBars, tradeBars } from './ticks/trade-bars.js';
export { type TradeEvents, tradeEvents } from './ticks/trade-events.js';
export { type TradeFlow, type TradeFlowOptions, tradeFlow } from './ticks/trade-flow.js';
