import type * as tf from '@tensorflow/tfjs';
import { pgd, randomStart, type Samples } from '../../../src/attack/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { compile, fold, type HostArray, type Key } from '../../../src/tensor/index.js';
import { EPSILON, logitsOf, type NetParams, PIXEL } from './nets.js';

/** Gradients that one call follows, which the next one goes on from. */
const STRIDE = 5;

/** Where PGD is told to go, in units of the radius, and how long. */
export interface Climb {
  readonly epsilon: number;
  readonly steps: number;
  /** Of a step, a part of ε. */
  readonly pace: number;
}

/** PGD on the cross-entropy of a net, and which images a net takes for what they are. Changes are in units of ε, so that one program serves all. */
export function climber(params: NetParams) {
  const hits = compile((x: tf.Tensor, y: tf.Tensor) => logitsOf(params, x).argMax(1).equal(y).cast('float32'));
  const program = (pace: number, steps: number) =>
    compile((x: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor, from: tf.Tensor) => {
      const inside = (change: tf.Tensor) => x.add(change.mul(epsilon)).maximum(PIXEL[0]).minimum(PIXEL[1]);
      const loss = (change: tf.Tensor) => crossEntropy(logitsOf(params, x.add(change.mul(epsilon))), y);
      let at = inside(from);
      for (let k = 0; k < steps; k++) {
        const start = at.sub(x).div(epsilon);
        at = inside(pgd(loss, x.mul(0), { epsilon: 1, steps: 1, stepSize: pace, start }));
      }
      return { change: at.sub(x).div(epsilon), at };
    });
  const programs = new Map<string, ReturnType<typeof program>>();
  return {
    hits: async (x: Samples['x'], y: Int32Array): Promise<number[]> => Array.from((await hits(x, y)).data(), Number),
    async climb({ x, y }: Samples, { epsilon, steps, pace }: Climb, start?: Samples['x']): Promise<Samples['x']> {
      const stride = Math.min(STRIDE, steps);
      const name = `${pace} ${stride}`;
      if (!programs.has(name)) programs.set(name, program(pace, stride));
      const begun = { change: start ?? { data: new Float32Array(x.data.length), shape: x.shape }, at: x };
      let state: { change: HostArray<Float32Array>; at: HostArray<Float32Array> } = begun;
      for (let done = 0; done < steps; done += stride) state = (await programs.get(name)!(x, y, epsilon, state.change)) as never;
      return state.at;
    },
    release() {
      for (const one of programs.values()) one.release();
      hits.release();
    },
  };
}

/** The steps of Madry et al., a hundredth of the range of a pixel in a ball of 0.3. */
export const PACE = 0.01 / EPSILON;

/** How many images are right under FGSM, and under PGD of more and more steps from some starts, each tried beside those before. */
export async function standing(
  { hits, climb }: ReturnType<typeof climber>,
  samples: Samples,
  { steps, restarts, key }: { steps: readonly number[]; restarts: number; key: Key },
): Promise<{ fgsm: number; pgd: number[] }> {
  const { x, y } = samples;
  const left = await hits(x, y);
  const count = () => left.reduce((sum, one) => sum + one, 0);
  const strike = async (at: HostArray<Float32Array>) => {
    for (const [i, hit] of (await hits(at, y)).entries()) left[i] = Math.min(left[i], hit);
  };
  const alone = await hits(await climb(samples, { epsilon: EPSILON, steps: 1, pace: 1 }), y);
  const fgsm = alone.reduce((sum, one, i) => sum + one * left[i], 0);
  const found: number[] = [];
  for (const [s, total] of steps.entries()) {
    for (let r = 0; r < restarts; r++) {
      const start = randomStart(fold(fold(key, s), r), 'linf', x.shape);
      await strike(await climb(samples, { epsilon: EPSILON, steps: total, pace: PACE }, start));
    }
    found.push(count());
  }
  return { fgsm, pgd: found };
}
