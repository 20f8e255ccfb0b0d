import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { stepOf } from '../bench/step.js';
import { workloads } from '../bench/workloads/index.js';
import { compile, describeOnnx } from '../src/tensor/index.js';

const out = process.env.DUMP!;
it('dumps', { timeout: 500000 }, async () => {
  mkdirSync(out, { recursive: true });
  for (const w of workloads) {
    if (w.id === 'W6') continue;
    for (const runtime of ['onnxruntime', 'openvino'] as const) {
      const { step, state, batch } = stepOf(w);
      const run = compile(step, { runtime, donate: [0] });
      await run(state as never, batch as never);
      const onnx = run.toOnnx();
      writeFileSync(`${out}/${w.id}-${runtime}.onnx`, onnx);
      writeFileSync(`${out}/${w.id}-${runtime}.json`, JSON.stringify(describeOnnx(onnx), null, 1));
      console.log(w.id, runtime, createHash('sha256').update(onnx).digest('hex').slice(0, 12), onnx.length);
      run.release();
    }
  }
});
