import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../src/base/shape.js';
import { valueAndGrad } from '../../src/tensor/grad.js';
import { operatorNamed } from './operators/index.js';

export type DType = 'float32' | 'int32' | 'bool';

/** An array that the graph starts from: an argument of the compiled function, or a constant that it closes over. */
export interface Leaf {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly number[];
  readonly constant: boolean;
  /** The class of its values, of `values.ts`. */
  readonly values: string;
}

/** An operator on earlier nodes. Its options are JSON. */
export interface Call {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly options: object;
}

export type Node = Leaf | Call;

/** A graph as data: nodes in order, each naming earlier ones. */
export interface Program {
  readonly nodes: readonly Node[];
  readonly outputs: readonly number[];
  /** Whether the derivatives of a weighted sum of the float outputs by the float arguments are results too. */
  readonly gradient: boolean;
}

export const isLeaf = (node: Node): node is Leaf => !('op' in node);

export const tensorOf = ({ data, shape, dtype }: Leaf): tf.Tensor => {
  const array = dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data);
  return tf.tensor(array, [...shape], dtype);
};

/** Runs `fn` and lets go of every tensor that it made. */
export function scoped<T>(fn: () => T): T {
  tf.engine().startScope();
  try {
    return fn();
  } finally {
    tf.engine().endScope();
  }
}

/** The nodes that are arguments. */
export const argumentsOf = ({ nodes }: Program): number[] => nodes.flatMap((node, i) => (isLeaf(node) && !node.constant ? [i] : []));

/** The tensors that the program closes over, by node. */
export const constantsOf = ({ nodes }: Program): Map<number, tf.Tensor> =>
  new Map(nodes.flatMap((node, i) => (isLeaf(node) && node.constant ? [[i, tensorOf(node)] as const] : [])));

/** All nodes' tensors, from those of the leaves. */
export function evaluate({ nodes }: Program, leafOf: (node: number) => tf.Tensor): tf.Tensor[] {
  const tensors: tf.Tensor[] = [];
  for (const [i, node] of nodes.entries())
    tensors.push(
      isLeaf(node)
        ? leafOf(i)
        : operatorNamed(node.op).apply(
            node.inputs.map((input) => tensors[input]),
            node.options,
          ),
    );
  return tensors;
}

/** The program as a function of its arguments: its outputs, then the gradients. Constants are tensors that it closes over. */
export function functionOf(program: Program, constants: ReadonlyMap<number, tf.Tensor>): (args: tf.Tensor[]) => tf.Tensor[] {
  const args = argumentsOf(program);
  const place = new Map(args.map((node, i) => [node, i]));
  const outputs = (xs: readonly tf.Tensor[]) => {
    const tensors = evaluate(program, (i) => constants.get(i) ?? xs[place.get(i)!]);
    return program.outputs.map((i) => tensors[i]);
  };
  if (!program.gradient) return outputs;
  return (xs) => {
    const floats = xs.flatMap((x, i) => (x.dtype === 'float32' ? [i] : []));
    const loss = (some: tf.Tensor[]) => {
      const all = [...xs];
      for (const [k, i] of floats.entries()) all[i] = some[k];
      const terms = outputs(all).filter(({ dtype }) => dtype === 'float32');
      return terms.map((y) => y.mul(weights(y.shape)).sum()).reduce((a, b) => a.add(b));
    };
    const { grads } = valueAndGrad(loss)(floats.map((i) => xs[i]));
    return [...outputs(xs), ...(grads as tf.Tensor[])];
  };
}

/** Fixed weights between −½ and ½, none of them 0. */
const weights = (shape: readonly number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i * 7) % 8) - 3.5) / 8),
    [...shape],
  );

/** The program without nodes that no output needs. */
export function pruned(program: Program): Program {
  const needed = new Set<number>();
  const visit = (i: number): void => {
    if (needed.has(i)) return;
    needed.add(i);
    const node = program.nodes[i];
    if (!isLeaf(node)) for (const input of node.inputs) visit(input);
  };
  for (const i of program.outputs) visit(i);
  const kept = program.nodes.flatMap((_, i) => (needed.has(i) ? [i] : []));
  const renamed = new Map(kept.map((i, place) => [i, place]));
  const nodes = kept.map((i) => {
    const node = program.nodes[i];
    return isLeaf(node) ? node : { ...node, inputs: node.inputs.map((input) => renamed.get(input)!) };
  });
  return { ...program, nodes, outputs: program.outputs.map((i) => renamed.get(i)!) };
}

/** A function without arguments computes nothing: the first leaf becomes one. */
export function withArgument(program: Program): Program {
  if (argumentsOf(program).length > 0) return program;
  const first = program.nodes.findIndex(isLeaf);
  return { ...program, nodes: program.nodes.map((node, i) => (i === first && isLeaf(node) ? { ...node, constant: false } : node)) };
}

/** The program as a few lines to read. */
export function textOf(program: Program): string {
  const lines = program.nodes.map((node, i) => {
    if (isLeaf(node)) return `${node.constant ? 'constant' : 'argument'} v${i} = ${node.dtype} [${node.shape}] ${shown(node.data)}`;
    const options = Object.keys(node.options).length > 0 ? ` ${JSON.stringify(node.options)}` : '';
    return `v${i} = ${node.op}(${node.inputs.map((input) => `v${input}`).join(', ')})${options}`;
  });
  const outputs = program.outputs.map((i) => `v${i}`).join(', ');
  return [...lines, `return ${outputs}${program.gradient ? ', and the gradients' : ''}`].join('\n');
}

const shown = (data: readonly number[]) =>
  `(${data.slice(0, 24).map(number).join(', ')}${data.length > 24 ? `, … ${data.length} in all` : ''})`;

/** A number as JavaScript reads it back, −0 included. */
export const number = (x: number): string => (Object.is(x, -0) ? '-0' : `${x}`);

/** JSON with the numbers that JSON lacks. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, x) => (typeof x === 'number' && (!Number.isFinite(x) || Object.is(x, -0)) ? { number: number(x) } : x));
export const fromJson = <T>(text: string): T =>
  JSON.parse(text, (_, x) => (typeof x === 'object' && x !== null && 'number' in x ? Number(x.number) : x));
