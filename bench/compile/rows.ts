import { W2x512, W2x4096 } from '../workloads/lstm.js';
import { W1x200 } from '../workloads/mlp.js';
import { W3x12 } from '../workloads/transformer.js';
import type { AnyWorkload } from '../workloads/workload.js';

/** A workload, and the seconds from the first call of its training step to that call's result, at most. */
export interface CompileRow {
  readonly workload: AnyWorkload;
  readonly goal: number;
}

export const compileRows: readonly CompileRow[] = [
  { workload: W2x512, goal: 10 },
  { workload: W2x4096, goal: 60 },
  { workload: W1x200, goal: 2 },
  { workload: W3x12, goal: 4 },
];
