import { describe, expect, it } from 'vitest';
import { startChild } from '../../tests/support/child.js';

describe.each(['openvino', 'onnxruntime'] as const)('a loop of long steps on %s', (runtime) => {
  it('hears SIGINT, ends within one step and 200 ms, and keeps its state', { timeout: 60_000 }, async () => {
    const child = startChild('interrupt.ts', runtime);
    let sent = 0;
    let output = '';
    for await (const chunk of child.stdout!) {
      output += chunk;
      if (sent || !output.includes('ready')) continue;
      sent = Date.now();
      child.kill('SIGINT');
    }
    const { message, steps, kept, next, duration, heard, back } = JSON.parse(output.trim().split('\n').at(-1)!);
    expect(message).toBe('interrupted');
    expect([kept, next]).toEqual([steps, steps + 1]);
    expect(duration).toBeGreaterThan(20); // long enough to matter
    expect(back - sent).toBeLessThan(duration + 200);
    // OpenVINO computes beside the event loop; ONNX Runtime on it.
    expect(heard - sent).toBeLessThan(runtime === 'openvino' ? 200 : duration + 200);
  });
});

describe('a loop of short steps', () => {
  it('lets timers through every 10 ms or so', async () => {
    const tf = await import('@tensorflow/tfjs');
    const { compile } = await import('./compile.js');
    const add = compile((x) => (x as ReturnType<typeof tf.scalar>).add(1));
    let x = await add(0);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    for (const end = performance.now() + 300; performance.now() < end; ) x = await add(x);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
    expect(x.item()).toBeGreaterThan(100);
  });
});
