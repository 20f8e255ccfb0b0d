import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../tests/kernel/client.js';

/** The same small work in the language of a kernel; `i` makes each cell new. */
interface Work {
  first: string;
  cell(i: number): string;
  /** A question for completion: members of a value that a cell made. */
  members(i: number): string;
  /** The cell that brings TensorFlow.js in, and one that uses it, where the kernel has it. */
  tensors?: { load: string; cell(i: number): string };
}

export interface KernelOption {
  name: string;
  /** Absent: ours. */
  command?: (connectionFile: string) => string[];
  work: Work;
}

const TYPESCRIPT: Work = {
  first: '1 + 1',
  cell: (i) =>
    `const price${i} = { open: ${i}, close: ${i + 1} };\nfunction change${i}(p: { open: number; close: number }): number {\n  return p.close - p.open;\n}\nchange${i}(price${i})`,
  members: (i) => `price${i}.`,
};

const TENSORS: Work['tensors'] = {
  load: "import * as tf from '@tensorflow/tfjs';",
  cell: (i) => `const x${i} = tf.tensor1d([1, 2, 3]).mul(${i});\nx${i}.sum().dataSync()[0]`,
};

const PYTHON: Work = {
  first: '1 + 1',
  cell: (i) =>
    `price${i} = { "open": ${i}, "close": ${i + 1} }\ndef change${i}(p):\n  return p["close"] - p["open"]\nchange${i}(price${i})`,
  members: (i) => `price${i}.`,
};

/** The kernels that can run here, ours first; what is absent is named. */
export function kernels({ python, deno }: { python?: string; deno?: string }): { found: KernelOption[]; absent: string[] } {
  const found: KernelOption[] = [{ name: 'lemmata', work: { ...TYPESCRIPT, tensors: TENSORS } }];
  const absent: string[] = [];
  const interpreter = python ?? join(ROOT, '.venv/bin/python');
  if (existsSync(interpreter))
    found.push({ name: 'ipykernel', command: (file) => [interpreter, '-m', 'ipykernel_launcher', '-f', file], work: PYTHON });
  else absent.push('ipykernel: set up .venv with npm start, or give --python PATH');
  try {
    const main = createRequire(import.meta.url).resolve('tslab/bin/tslab');
    found.push({
      name: 'tslab',
      command: (file) => [process.execPath, main, 'kernel', `--config-path=${file}`],
      work: { ...TYPESCRIPT, tensors: TENSORS },
    });
  } catch {
    absent.push('tslab: npm ci');
  }
  if (deno) found.push({ name: 'deno', command: (file) => [deno, 'jupyter', '--kernel', '--conn', file], work: TYPESCRIPT });
  else absent.push('deno: npm install deno anywhere, then --deno PATH to its program');
  return { found, absent };
}
