import * as tf from '@tensorflow/tfjs';
import type { TypedArray } from '../../src/tensor/buffers/memory.js';
import { type CompileOptions, compile } from '../../src/tensor/compile.js';
import { argumentsOf, constantsOf, functionOf, type Leaf, type Program, scoped, tensorOf } from './program.js';

/** Who computes a program. */
export const OPINIONS = ['openvino', 'onnxruntime', 'double', 'tfjs'] as const;
export type Opinion = (typeof OPINIONS)[number];

/** What one of them says: the outputs, then the gradients; or why it does not compute the program. */
export type Verdict =
  | { readonly results: readonly TypedArray[] }
  /** It declines, and another runtime is used. */
  | { readonly refused: string }
  /** It fails, or its second call differs from its first. */
  | { readonly error: string };

const COMPILED: Readonly<Record<Exclude<Opinion, 'tfjs'>, CompileOptions>> = {
  openvino: { runtime: 'openvino' },
  onnxruntime: { runtime: 'onnxruntime' },
  double: { precision: 'float64' },
};

/** One opinion on a program. */
export async function ask(opinion: Opinion, program: Program): Promise<Verdict> {
  const args = argumentsOf(program).map((i) => tensorOf(program.nodes[i] as Leaf));
  const constants = constantsOf(program);
  try {
    const fn = functionOf(program, constants);
    if (opinion === 'tfjs') return { results: scoped(() => fn(args).map((y) => y.dataSync() as TypedArray)) };
    return await compiled(fn, args, COMPILED[opinion]);
  } catch (error) {
    const { message } = error as Error;
    return opinion === 'openvino' && message.startsWith('nothing can run') ? { refused: message } : { error: message };
  } finally {
    tf.dispose([...args, ...constants.values()]);
  }
}

async function compiled(fn: (xs: tf.Tensor[]) => tf.Tensor[], args: tf.Tensor[], options: CompileOptions): Promise<Verdict> {
  const run = compile(fn, options);
  try {
    const [first, second] = [await run(args), await run(args)].map((ys) => ys.map((y) => y.data()));
    const changed = first.findIndex((y, i) => !same(y, second[i]));
    return changed < 0 ? { results: first } : { error: `result ${changed} of a second call differs from the first: ${second[changed]}` };
  } finally {
    run.release();
  }
}

const same = (a: TypedArray, b: TypedArray): boolean => a.every((x, i) => Object.is(x, b[i]));
