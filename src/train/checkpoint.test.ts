import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { inParts } from '../base/digest.js';
import { fold, key, normal } from '../base/random.js';
import { decode, encode } from '../base/safetensors.js';
import { type AdamState, adam } from '../optim/adam.js';
import { averaged } from '../optim/averaged.js';
import { oneCycle } from '../optim/schedule.js';
import { compile } from '../tensor/compile.js';
import { valueAndGrad } from '../tensor/grad.js';
import { resume, saveCheckpoint } from './checkpoint.js';
import { fit } from './fit.js';
import { fingerprint } from './leaves.js';
import { type About, run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'lemmata-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Adam on one cycle with averaged weights, batches and noise by key, validation: all that a run remembers. */
function problem({ width = 8, threads = 1, runtime = undefined as 'openvino' | 'onnxruntime' | undefined } = {}) {
  const params = { w: normal(key(1), [5, width]), v: normal(key(2), [width, 1]) };
  const optimizer = averaged(params, adam(params, { learningRate: oneCycle({ peak: 0.1, steps: 40 }), clipNorm: 1 }), { decay: 0.9 });
  type State = AdamState & { average: tf.Tensor };
  const lossOf = ({ w, v }: Record<string, tf.Tensor>, x: tf.Tensor) => x.matMul(w).tanh().matMul(v).sub(x.sum(1, true)).square().mean();
  const step = compile(
    (state: State, x: tf.Tensor) => {
      const { value, grads } = valueAndGrad(lossOf)(optimizer.params(state) as never, x);
      return { state: optimizer.update(state, grads as never), loss: value };
    },
    { donate: [0], threads, runtime },
  );
  const held = normal(key(9), [64, 5]);
  const loss = compile((state: State) => lossOf(optimizer.average(state) as never, tf.tensor(held.data, held.shape)), { threads, runtime });
  const batch = (k: number) => normal(fold(key(3), k), [16, 5]);
  const fresh = (about: About = {}) => run(optimizer.init(params), about);
  return { fresh, step, batch, validate: { every: 4, loss: loss as never, patience: 30 } };
}

type Training = ReturnType<ReturnType<typeof problem>['fresh']>;
const everything = ({ state, best, losses, validations, step }: Training) => ({
  state: fingerprint(state),
  best: best && [fingerprint(best.state), best.step, best.loss],
  losses,
  validations,
  step,
});

describe.each([
  ['openvino', 1],
  ['openvino', 2],
  ['onnxruntime', 1],
] as const)('on %s with %i threads', (runtime, threads) => {
  const { fresh, ...training } = problem({ runtime, threads });

  it('two runs from one seed have the same bits', async () => {
    const runs = [fresh(), fresh()];
    for (const one of runs) await fit(one, { ...training, steps: 40 });
    expect(everything(runs[1])).toEqual(everything(runs[0]));
  });

  it('a run that resumes has the bits of one that never stopped, wherever it stopped', async () => {
    const whole = fresh();
    await fit(whole, { ...training, steps: 40 });
    for (const stop of [1, 4, 17, 39]) {
      const file = join(folder, `${runtime}-${threads}-${stop}.safetensors`);
      await fit(fresh(), { ...training, steps: stop, checkpoint: { file, every: 1000 } });
      const resumed = resume(file, fresh());
      expect(resumed.step).toBe(stop);
      await fit(resumed, { ...training, steps: 40, checkpoint: { file, every: 5 } });
      expect(everything(resumed)).toEqual(everything(whole));
      expect(everything(resume(file, fresh()))).toEqual(everything(whole));
    }
  });
});

describe('a checkpoint', () => {
  const { fresh, ...training } = problem();
  const file = join(folder, 'run.safetensors');
  const about = { seed: 7, config: { width: 8, rate: 0.1 } };
  const written = async () => {
    await fit(fresh(about), { ...training, steps: 6, checkpoint: { file, every: 3 } });
    return readFileSync(file);
  };

  it('is a safetensors file, so other tools read it', async () => {
    const bytes = await written();
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
    expect(header['params.w']).toEqual({ dtype: 'F32', shape: [5, 8], data_offsets: expect.any(Array) });
    expect(header['best.params.v']).toEqual({ dtype: 'F32', shape: [8, 1], data_offsets: expect.any(Array) });
    expect(header.losses).toMatchObject({ dtype: 'F64', shape: [6] });
    const held = Object.entries<{ data_offsets: number[] }>(header).filter(([name]) => name !== '__metadata__');
    expect(Math.max(...held.map(([, { data_offsets }]) => data_offsets[1])) + 8 + Number(bytes.readBigUInt64LE())).toBe(bytes.length);
  });

  it('starts afresh where there is no file', () => {
    expect(resume(join(folder, 'none'), fresh()).step).toBe(0);
  });

  it.each([
    ['truncated in its arrays', (bytes: Buffer) => bytes.subarray(0, -1), /is truncated: it has \d+ of \d+ bytes/],
    [
      'truncated in its header',
      (bytes: Buffer) => bytes.subarray(0, 100),
      'is truncated, or no checkpoint: it has 100 bytes, not even its header',
    ],
    ['empty', () => Buffer.alloc(0), 'is truncated, or no checkpoint: it has 0 bytes'],
    ['another file', () => Buffer.from(`\x10\0\0\0\0\0\0\0not a checkpoint of anything`), 'its header is not JSON'],
    ['damaged in one bit of an array', flip(-9), 'is damaged: its checksum does not fit its bytes'],
    [
      'damaged in one digit of its header',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"step\\":6', '"step\\":8'), 'latin1'),
      'is damaged: its checksum',
    ],
  ])('that is %s is refused, and stays', async (_, damage, message) => {
    const bytes = damage(await written());
    writeFileSync(file, bytes);
    expect(() => resume(file, fresh(about))).toThrow(message);
    expect(() => resume(file, fresh(about))).toThrow(`resume: ${file} `);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('of another model is refused, with the parameter and both shapes', async () => {
    await written();
    expect(() => resume(file, problem({ width: 9 }).fresh(about))).toThrow(
      `resume: ${file} is of another model or optimizer: parameter 1 is params.v [8,1] there and params.v [9,1] here. Delete it to start afresh`,
    );
    const params = { w: normal(key(1), [5, 8]), v: normal(key(2), [8, 1]) };
    expect(() => resume(file, run(adam(params).init(params), about))).toThrow(
      'leaf 1 is state.average [48] there and state.mean [48] here',
    );
  });

  it('of another run is refused, with what differs', async () => {
    await written();
    expect(() => resume(file, fresh({ ...about, config: { width: 8, rate: 0.2 } }))).toThrow('is of another run: rate was 0.1 and is 0.2');
    expect(() => resume(file, fresh({ ...about, seed: 8 }))).toThrow('is of another run: seed was 7 and is 8');
  });

  it('of another version or program is refused', async () => {
    await written();
    const { tensors, metadata } = decode(file);
    writeFileSync(file, Buffer.concat(encode(tensors, { ...metadata, version: '1' })));
    expect(() => resume(file, fresh(about))).toThrow('is of version 1; this version of the library reads version 2');
    writeFileSync(file, Buffer.concat(encode(tensors, {})));
    expect(() => resume(file, fresh(about))).toThrow('is a safetensors file of another program');
  });

  // https://github.com/huggingface/safetensors: a state of numbers went through float32, 123,456,789 → 123,456,792.
  it('keeps numbers as doubles, and arrays of each type', () => {
    const numbers = join(folder, 'numbers.safetensors');
    const state = {
      rate: 0.1,
      count: 123_456_789,
      since: 1_732_851_234_567,
      huge: 1e300,
      i: Int32Array.of(1, 2 ** 31 - 1),
      b: { data: Uint8Array.of(0, 1), shape: [2], dtype: 'bool' as const },
    };
    saveCheckpoint(numbers, run(state));
    const { i, b, ...rest } = resume(numbers, run(state)).state;
    expect(rest).toEqual({ rate: 0.1, count: 123_456_789, since: 1_732_851_234_567, huge: 1e300 });
    expect([i.dtype, ...i.data()]).toEqual(['int32', 1, 2 ** 31 - 1]);
    expect([b.dtype, ...b.data()]).toEqual(['bool', 0, 1]);
    expect(() => resume(numbers, run({ ...state, i: Float32Array.of(1, 2) }))).toThrow(
      'is of another model or optimizer: leaf 4 is state.i [2] int32 there and state.i [2] here',
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        saveCheckpoint(numbers, run({ x }));
        expect(resume(numbers, run({ x: 0 })).state.x).toBe(x);
      }),
      { numRuns: 20 },
    );
  });

  it('is of a run that may be made longer, and says no more than its configuration does', () => {
    const longer = join(folder, 'longer.safetensors');
    const saved = (config: Record<string, unknown>) => saveCheckpoint(longer, run(1, { config }));
    const resumed = (config: Record<string, unknown>) => () => resume(longer, run(0, { config })).state;
    saved({ steps: 3000, width: 8 });
    expect(resumed({ steps: 5000, width: 8 })()).toBe(1);
    expect(resumed({ width: 8, steps: 3000 })()).toBe(1);
    expect(resumed({ steps: 2000, width: 8 })).toThrow(
      'is of another run: steps was 3000 and is 2000 (a run can be made longer, not shorter)',
    );
    saved({ model: { a: 1, b: [2, { c: 3, d: 4 }] }, at: new Date(0) });
    expect(resumed({ model: { b: [2, { d: 4, c: 3 }], a: 1 }, at: new Date(0) })()).toBe(1);
    expect(resumed({ model: { b: [2, { d: 5, c: 3 }], a: 1 }, at: new Date(0) })).toThrow('is of another run: model was');
    saved({ limit: Infinity, n: 10n });
    expect(resumed({ limit: Infinity, n: 10n })()).toBe(1);
    expect(resumed({ limit: Number.NaN, n: 10n })).toThrow('is of another run: limit was "Infinity" and is "NaN"');
  });

  it.each([
    ['bytes behind its arrays', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(10)]), 'is damaged: its checksum'],
    [
      'a header longer than the file',
      (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x80]), bytes.subarray(8)]),
      'not even its header',
    ],
  ])('with %s is refused', async (_, damage, message) => {
    writeFileSync(file, damage(await written()));
    expect(() => resume(file, fresh(about))).toThrow(message);
  });

  // What is read, written and hashed at once is less than the whole: the long tier has 2 GiB, this a few bytes.
  it('is cut where Node reads less at once', () => {
    const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
    expect([...inParts(bytes, 4)].map((part) => [...part])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect([...inParts(bytes.subarray(0, 0))]).toHaveLength(1);
  });

  it('holds any number of optimizers, wherever they are in the state', async () => {
    const params = { w: normal(key(1), [3, 2]) };
    const optimizer = adam(params, { learningRate: 0.1 });
    const duel = (generator = optimizer.init({ w: normal(key(2), [3, 2]) })) =>
      run({ critic: optimizer.init(params), generator, mean: Float32Array.of(1, 2) });
    type State = { critic: AdamState; generator: AdamState; mean: tf.Tensor };
    const step = compile((state: State, x: tf.Tensor) => {
      const lossOf = ({ w }: { w: tf.Tensor }) =>
        x
          .matMul(w as tf.Tensor2D)
          .square()
          .mean();
      const [{ value, grads }, other] = [state.critic, state.generator].map((one) => valueAndGrad(lossOf)(optimizer.params(one)));
      const [critic, generator] = [optimizer.update(state.critic, grads), optimizer.update(state.generator, other.grads)];
      return { state: { critic, generator, mean: state.mean.mul(0.9) }, loss: value };
    });
    const training = { step, batch: (k: number) => normal(fold(key(3), k), [4, 3]), validate: { every: 2, loss: () => 1 } };
    const twice = join(folder, 'duel.safetensors');
    const whole = duel();
    await fit(whole, { ...training, steps: 8 });
    await fit(duel(), { ...training, steps: 5, checkpoint: { file: twice, every: 100 } });
    expect(decode(twice).tensors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['critic.params.w', 'generator.params.w', 'best.critic.params.w', 'best.generator.params.w', 'state.mean']),
    );
    const resumed = resume(twice, duel());
    await fit(resumed, { ...training, steps: 8 });
    expect(fingerprint([resumed.state, resumed.best?.state])).toBe(fingerprint([whole.state, whole.best?.state]));
    const wider = { w: normal(key(2), [3, 3]) };
    expect(() => resume(twice, duel(adam(wider).init(wider)))).toThrow(
      'parameter 1 is generator.params.w [3,2] there and generator.params.w [3,3] here',
    );
  });

  it('has the steps before an interrupt', async () => {
    const halfway = join(folder, 'interrupted.safetensors');
    const abort = new AbortController();
    const onStep = (done: number) => done === 7 && abort.abort(new Error('interrupted'));
    const checkpoint = { file: halfway, every: 1000 };
    await expect(fit(fresh(), { ...training, steps: 40, checkpoint, onStep, signal: abort.signal })).rejects.toThrow('interrupted');
    expect(resume(halfway, fresh()).step).toBe(7);
  });

  it('is not written for a state that is not finite', async () => {
    const bytes = await written();
    const step = (state: number) => ({ state: state === 2 ? Number.NaN : state + 1, loss: 1 });
    await expect(fit(run(0), { step, batch: () => null, steps: 9, checkpoint: { file, every: 3 } })).rejects.toThrow(
      'fit: after step 3 state (1 of 1 entries) is not finite, though the loss was 1.00, so no checkpoint is written and the last one stays',
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('survives a disk that is full while the next one is written', async () => {
    const bytes = await written();
    const program = `
      import { fit, resume, run } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
      const state = { data: new Float32Array(50_000), shape: [50_000] };
      const file = ${JSON.stringify(join(folder, 'full.safetensors'))};
      const training = resume(file, run(state));
      await fit(training, { step: (state) => ({ state, loss: 1 }), batch: () => null, steps: training.step + 5, checkpoint: { file, every: 5 } })
        .then(() => console.log('saved'), ({ message }) => console.log(message, training.step));`;
    const hook = fileURLToPath(new URL('../../scripts/typescript.mjs', import.meta.url));
    const child = (limit: string) => {
      const command = `trap '' XFSZ; ${limit} exec "$0" --import "$1" --input-type=module-typescript --eval "$2"`;
      return spawnSync('bash', ['-c', command, process.execPath, hook, program], { encoding: 'utf8' });
    };
    expect(child('').stdout).toContain('saved');
    const before = readFileSync(join(folder, 'full.safetensors'));
    const { stdout } = child('ulimit -f 100;');
    expect(stdout).toMatch(
      /^fit: the checkpoint of step 10 \(0\.2 MB\) could not be written to .*full\.safetensors: .*; the one before is still there/,
    );
    expect(stdout).toMatch(/the run in memory is as it was 10$/m);
    expect(readFileSync(join(folder, 'full.safetensors')).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(existsSync(file) && bytes.length > 0).toBe(true);
  });
});

function flip(at: number) {
  return (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy[copy.length + at] ^= 1;
    return copy;
  };
}
