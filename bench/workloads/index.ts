import { W5 } from './dqn.js';
import { W4 } from './gcn.js';
import { W2 } from './lstm.js';
import { W1 } from './mlp.js';
import { W3, W6, W7 } from './transformer.js';
import type { AnyWorkload } from './workload.js';

export const workloads: readonly AnyWorkload[] = [W1, W2, W3, W4, W5, W6];
/** What a GPU is tried on: the six, and one that is worth a GPU. */
export const gpuWorkloads: readonly AnyWorkload[] = [...workloads, W7];
