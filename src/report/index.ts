export {
  type Bundle,
  type Cell,
  type DataFrameLike,
  fixed,
  type PanelLike,
  percent,
  type Row,
  show,
  significant,
  type TableOptions,
  table,
} from '../base/index.js';
export { answer } from './answer.js';
export { auditPlot } from './audit-plot.js';
export { type Claim, checklist } from './checklist.js';
export { residualDiagnostics } from './diagnostics.js';
export { estimate, findingRows } from './estimate.js';
export { type Evidence, evidence } from './evidence.js';
export {
  type Axis,
  bars,
  coefficientPath,
  type Figure,
  histogram,
  intervals,
  type LineExtras,
  line,
  type ScatterExtras,
  scatter,
} from './figures.js';
export { markdown, maths } from './markdown.js';
export { type NetworkFigure, type NetworkPanel, network } from './network.js';
export { type PanelFigure, plotPanel } from './panel-plot.js';
export { GREY, PALETTE, plot, type Spec } from './plot.js';
export { type Progress, progress } from './progress.js';
export { type Replication, replicationRows } from './replication.js';
export { type Finding, type Findings, num, type Source, save, type Uncertainty } from './results.js';
export { sourcesOf, type UsedSource } from './sources.js';
export { statement } from './statement.js';
export { type FactorTearSheetOptions, factorTearSheet } from './tear-sheet/factor-tear-sheet.js';
export { type TearSheet, type TearSheetOptions, tearSheet } from './tear-sheet/tear-sheet.js';
export { type Judged, type Rivals, type Verdict, type VerdictOptions, verdict } from './verdict.js';
export { watch } from './watch.js';
