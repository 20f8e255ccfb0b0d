// A program restored from the cache, before and after everything unreferenced was collected and its memory used again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { key, normal } from '../../src/base/random.js';
import { compile } from '../../src/tensor/compile.js';

const gc = (globalThis as unknown as { gc: () => void }).gc;
const folder = mkdtempSync(join(tmpdir(), 'lemmata-restored-'));
process.env.LEMMATA_CACHE = folder;
try {
  const [w, x] = [normal(key(1), [300, 64]), normal(key(2), [300, 64])];
  const constants = tf.tensor(w.data, w.shape);
  const make = () => compile((x: tf.Tensor) => x.add(constants).tanh(), { runtime: 'openvino' });
  const fresh = (await make()(x)).data();
  const restored = make();
  await restored(x);
  for (let i = 0; i < 20; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let j = 0; j < 50; j++) Buffer.alloc(10_000 + 3000 * i, 0xff);
  }
  const after = (await restored(x)).data();
  console.log(JSON.stringify({ changed: after.filter((value, i) => value !== fresh[i]).length, of: after.length }));
} finally {
  rmSync(folder, { recursive: true });
}
