import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flatten, type Tree } from '../src/tensor/tree.js';
import { problem } from './step.js';
import type { AnyWorkload, Numbers } from './workloads/workload.js';

/** Writes the workloads' inputs and initial weights for the peers: data.bin, and data.json that says where each array lies in it. */
export function writeData(folder: string, workloads: readonly AnyWorkload[]): void {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const entries = (workload: AnyWorkload) => {
    const { leaves, paths } = flatten<Numbers>(problem(workload) as unknown as Tree<Numbers>);
    return leaves.map(({ data, shape }, i) => {
      const entry = { offset, shape, dtype: data instanceof Int32Array ? '<i4' : '<f4' };
      parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      offset += data.byteLength;
      return [paths[i], entry] as const;
    });
  };
  const manifest = Object.fromEntries(workloads.map((workload) => [workload.id, Object.fromEntries(entries(workload))]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'data.bin'), Buffer.concat(parts));
}
