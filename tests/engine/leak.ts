// Resident memory over 10,000 calls with everything dropped, and over 100 functions compiled, called and dropped.
import * as tf from '@tensorflow/tfjs';
import { type DeviceTensor, fromArray } from '../../src/tensor/buffers/device-tensor.js';
import { compile } from '../../src/tensor/compile.js';

const runtime = process.argv[2] as 'openvino' | 'onnxruntime';
const settle = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().rss / 2 ** 20;
};

/** Growth from call 2,000 to call 10,000. */
async function loop(call: () => Promise<void>, collectEvery = Infinity): Promise<number> {
  let early = 0;
  for (let i = 1; i <= 10_000; i++) {
    await call();
    if (i % collectEvery === 0) globalThis.gc!();
    if (i === 2000) early = await settle();
  }
  return (await settle()) - early;
}

const x = new Float32Array(5000).fill(1);
const step = compile((state: tf.Tensor, x: tf.Tensor) => ({ state: state.mul(0.5).add(x), loss: state.sum() }), { runtime, donate: [0] });
let state: DeviceTensor = fromArray(x, [5000]);
const training = await loop(async () => {
  ({ state } = await step(state, x));
});
// Results of 20 kB that are dropped: without collections in between, their number is JavaScript's choice.
const large = compile((x: tf.Tensor) => x.add(1), { runtime });
const results = await loop(async () => {
  await large(x);
}, 200);

const compileAndDrop = async (i: number, release: boolean) => {
  const f = compile(
    (x: tf.Tensor) =>
      x
        .mul(tf.fill([64, 64], i))
        .matMul(x)
        .add(i),
    { runtime },
  );
  await f({ data: new Float32Array(64 * 64), shape: [64, 64] });
  if (release) f.release();
};
const growth = async (release: boolean, base: number) => {
  for (let i = 0; i < 20; i++) await compileAndDrop(base + i, release);
  const before = await settle();
  for (let i = 20; i < 120; i++) {
    await compileAndDrop(base + i, release);
    if (i % 10 === 0) await settle();
  }
  return (await settle()) - before;
};
console.log(JSON.stringify({ training, results, released: await growth(true, 0), dropped: await growth(false, 1000) }));
