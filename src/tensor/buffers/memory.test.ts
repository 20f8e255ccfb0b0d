import { describe, expect, it } from 'vitest';
import { runChild } from '../../../tests/support/child.js';
import { onnxruntime } from '../runtime/onnxruntime/onnxruntime.js';
import { openvino } from '../runtime/openvino/openvino.js';
import { allocate, fill } from './memory.js';

const RUNTIMES = ['openvino', 'onnxruntime'] as const;

describe('memory', () => {
  it('has the length of its shape, and takes no other number of values', () => {
    expect(allocate([2, 3], 'int32').data).toEqual(new Int32Array(6));
    expect(allocate([], 'float32').data).toHaveLength(1);
    expect(() => fill(allocate([2, 3], 'float32'), [1, 2])).toThrow('shape [2,3] has 6 elements, got 2 values');
  });

  it.each(RUNTIMES)('of another length than its shape does not reach %s', (name) => {
    const runtime = name === 'openvino' ? openvino() : onnxruntime();
    expect(runtime).toBeTypeOf('object');
    expect(() => allocate([1, -1], 'float32')).toThrow(RangeError);
  });
});

describe.each(RUNTIMES)('on %s', (runtime) => {
  it('nothing writes to memory that was dropped and collected', () => {
    const { changed, canaries, last } = runChild('canary.ts', {}, runtime);
    expect({ changed, canaries, last }).toEqual({ changed: 0, canaries: 200, last: 2 }); // x ← x/2 + 1 → 2
  });

  it('resident memory grows by less than 5 MB from call 2,000 to 10,000, and over 100 functions released or dropped', {
    timeout: 120_000,
  }, () => {
    const { training, results, released, dropped } = runChild('leak.ts', {}, runtime);
    expect(Math.max(training, results, released, dropped)).toBeLessThan(5);
  });
});
