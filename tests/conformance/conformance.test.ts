import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** One or two files of each family; `npm run conformance` runs them all. */
// biome-ignore format: a list to read
const SLICE = [
  'add', 'arithmetic', 'binary_ops', 'greater', 'logical_xor', 'mean', 'max', 'arg_max', 'cumsum', 'mat_mul', 'squeeze', 'slice', 'strided_slice',
  'stack', 'pad', 'tile', 'gather', 'scatter_nd', 'one_hot', 'where', 'topk', 'step', 'relu', 'softmax', 'unsorted_segment_sum', 'conv1d',
  'depthwise_conv2d', 'max_pool', 'avg_pool', 'sgd_optimizer', 'gradients',
];

describe('tfjs-core’s own tests', () => {
  it('pass on the tracing backend, on both runtimes', { timeout: 120_000 }, () => {
    const main = fileURLToPath(new URL('main.mjs', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [main, '--only', SLICE.join(',')], { encoding: 'utf8' });
    const summary = stdout.trim().split('\n').at(-1) ?? stderr;
    const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ unsupported$/.exec(summary) ?? [];
    expect(failed, stdout + stderr).toBe('0');
    expect(Number(passed)).toBeGreaterThan(800);
  });
});
