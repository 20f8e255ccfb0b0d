import * as tf from '@tensorflow/tfjs';
import { type HostArray, showShape, sizeOf } from '../base/index.js';
import { flatten, type Mapped, type Tree } from '../tensor/index.js';

/** A parameter, wherever its numbers are: a typed array with its shape, as `init…` makes it, or a tensor to read. */
export interface Parameter {
  /** `[3, 4]`; the empty list for a scalar. */
  readonly shape: readonly number[];
}

/** The tree of tensors that a model sees, for a tree of initial parameters: each of the parameter's shape. */
export type Tensors<P> = Mapped<P, Parameter, tf.Tensor>;

/** All parameters as one vector [n], which knows what it is made of: an entry that is not a number can then be named. */
export interface ParameterVector extends HostArray<Float32Array> {
  /** The parameters in the order in which they lie in the vector. */
  readonly parts: readonly Part[];
}

/** One parameter in a vector: `{ path: 'params.w', shape: [3, 4] }`. */
export interface Part {
  /** Where it is in the tree of parameters: `params.layers[0].w`. */
  readonly path: string;
  /** The empty list for a scalar. */
  readonly shape: readonly number[];
}

/** How a tree of parameters lies in one vector [n], leaf after leaf: an update is then a dozen operators, whatever the model. */
export interface Layout<P> {
  readonly n: number;
  /** The parameters in the order in which they lie in the vector. */
  readonly parts: readonly Part[];
  /** The initial parameters as one vector [n]. */
  vector(params: P): ParameterVector;
  /** Gradients or parameters as one vector [n]; one that is already is itself. */
  pack(tree: Tensors<P> | tf.Tensor): tf.Tensor;
  /** The vector [n] as the tree. */
  unpack(vector: tf.Tensor): Tensors<P>;
}

/**
 * The layout of the parameters' shapes.
 *
 * @throws  when a gradient or an initial parameter does not have its parameter's shape
 */
export function layoutOf<P>(params: P): Layout<P> {
  const { leaves, paths, structure, unflatten } = flatten<Parameter>(params as Tree<Parameter>, 'params');
  if (leaves.length === 0) throw new Error(`the model has no parameters: ${structure}; pass what its init made`);
  const bare = leaves.findIndex((leaf) => !Array.isArray(leaf?.shape));
  if (bare >= 0)
    throw new Error(`${paths[bare]} must be a tensor, or a typed array with a shape as init makes it, got ${typeof leaves[bare]}`);
  const shapes = leaves.map(({ shape }) => [...shape]);
  const sizes = shapes.map(sizeOf);
  const n = sizes.reduce((total, size) => total + size, 0);

  const isVector = (tree: unknown): tree is tf.Tensor => tree instanceof tf.Tensor && tree.rank === 1 && tree.size === n;

  const inOrder = <T extends Parameter>(tree: unknown): T[] => {
    const given = flatten<T>(tree as Tree<T>, 'params');
    if (given.structure !== structure) throw new Error(`the optimizer was made for parameters ${structure}, got ${given.structure}`);
    given.leaves.forEach((leaf, i) => {
      if (!tf.util.arraysEqual([...leaf.shape], shapes[i]))
        throw new Error(`the optimizer was made for ${paths[i]} [${shapes[i].join(',')}], got ${showShape(leaf)}`);
    });
    return given.leaves;
  };

  const parts = paths.map((path, i) => ({ path, shape: shapes[i] }));

  return {
    n,
    parts,
    vector(params) {
      const vector = new Float32Array(n);
      let at = 0;
      inOrder(params).forEach((leaf, i) => {
        const values = read(leaf);
        if (values.length !== sizes[i]) throw new Error(`${paths[i]} is declared [${shapes[i]}] but holds ${values.length} values`);
        vector.set(values, at);
        at += sizes[i];
      });
      return { data: vector, shape: [n], parts };
    },
    pack: (tree) => (isVector(tree) ? tree : tf.concat(inOrder<tf.Tensor>(tree).map((leaf) => leaf.reshape([-1])) as tf.Tensor1D[], 0)),
    unpack: (vector) => unflatten(tf.split(vector, sizes, 0).map((part, i) => part.reshape(shapes[i]))) as Tensors<P>,
  };
}

/** A leaf's numbers, from wherever they are. */
export function read(leaf: Parameter): ArrayLike<number> {
  if (leaf instanceof tf.Tensor) return leaf.dataSync();
  const { data } = leaf as unknown as { data: ArrayLike<number> | (() => ArrayLike<number>) };
  return typeof data === 'function' ? data.call(leaf) : data;
}
