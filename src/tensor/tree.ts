/** Nested objects and arrays with leaves of type `T`: parameters, an optimiser's state, a batch. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** The tree `P` with each leaf of type `T` replaced by a `U`. */
export type Mapped<P, T, U> = P extends T ? U : P extends object ? { [K in keyof P]: Mapped<P[K], T, U> } : P;

/** A tree taken apart. Objects are walked in the order of their sorted keys, so equal trees have equal leaves. */
export interface Flat<T> {
  readonly leaves: T[];
  /** Where each leaf sits: `params.layers[0].w`; the empty string when the tree is a single leaf. */
  readonly paths: string[];
  /** Equal for two trees exactly when one's leaves fit the other: `{b:*,w:[*,*]}`. */
  readonly structure: string;
  /** The same tree with other leaves. */
  unflatten<U>(leaves: readonly U[]): Tree<U>;
}

/**
 * The leaves of a tree, and the way back.
 *
 * Arrays and plain objects branch; everything else is a leaf: tensors, numbers, typed arrays, and `{ data, shape }` over a
 * typed array. `null` and `undefined` are branches without leaves.
 *
 * @throws on a function, string or symbol: they cannot be data of a computation
 */
export function flatten<T>(tree: Tree<T>, name = ''): Flat<T> {
  const leaves: T[] = [];
  const paths: string[] = [];
  const structure = walk(tree as Tree<unknown>, name, (leaf, path) => {
    leaves.push(leaf as T);
    paths.push(path);
  });
  const unflatten = <U>(values: readonly U[]): Tree<U> => {
    if (values.length !== leaves.length)
      throw new Error(`unflatten: the tree ${structure} has ${leaves.length} leaves, got ${values.length} values`);
    let next = 0;
    return rebuild(tree as Tree<unknown>, () => values[next++]!) as Tree<U>;
  };
  return { leaves, paths, structure, unflatten };
}

/** Applies `f` to each leaf, with its path; the result has the tree's shape. */
export function map<P, T = Leaf<P>, U = T>(tree: P, f: (leaf: T, path: string) => U): Mapped<P, T, U> {
  const { leaves, paths, unflatten } = flatten<T>(tree as Tree<T>);
  return unflatten(leaves.map((leaf, i) => f(leaf, paths[i]))) as Mapped<P, T, U>;
}

/**
 * Applies `f` to the leaves of two trees that sit at the same path.
 *
 * @throws when the trees differ in structure, naming the first path that only one of them has
 */
export function zip<P, Q, T = Leaf<P>, S = Leaf<Q>, U = T>(a: P, b: Q, f: (a: T, b: S, path: string) => U): Mapped<P, T, U> {
  const left = flatten<T>(a as Tree<T>);
  const right = flatten<S>(b as Tree<S>);
  if (left.structure !== right.structure) throw new Error(`zip: the trees differ: ${firstDifference(left.paths, right.paths)}`);
  return left.unflatten(left.leaves.map((leaf, i) => f(leaf, right.leaves[i]!, left.paths[i]))) as Mapped<P, T, U>;
}

/** The leaf type of a tree type. */
export type Leaf<P> = P extends { readonly shape: unknown } | number
  ? P
  : P extends readonly (infer E)[]
    ? Leaf<E>
    : P extends object
      ? Leaf<P[keyof P]>
      : never;

function walk(node: unknown, path: string, visit: (leaf: unknown, path: string) => void): string {
  if (node === null || node === undefined) return '-';
  if (Array.isArray(node)) return `[${node.map((child, i) => walk(child, `${path}[${i}]`, visit)).join(',')}]`;
  if (isPlainObject(node)) {
    const inside = keysOf(node).map((key) => `${key}:${walk(node[key], path === '' ? key : `${path}.${key}`, visit)}`);
    return `{${inside.join(',')}}`;
  }
  if (typeof node === 'function' || typeof node === 'string' || typeof node === 'symbol')
    throw new Error(
      `a tree holds tensors, numbers and typed arrays: got a ${typeof node} at '${path}'; close over it instead of passing it`,
    );
  visit(node, path);
  return '*';
}

function rebuild(node: unknown, next: () => unknown): unknown {
  if (node === null || node === undefined) return node;
  if (Array.isArray(node)) return node.map((child) => rebuild(child, next));
  if (isPlainObject(node)) return Object.fromEntries(keysOf(node).map((key) => [key, rebuild(node[key], next)]));
  return next();
}

const keysOf = (node: object) => Object.keys(node).sort();

// A notebook cell may live in another realm, whose Object.prototype is not ours: a plain object is one with a bare prototype.
function isPlainObject(node: unknown): node is Record<string, unknown> {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return false;
  const prototype = Object.getPrototypeOf(node);
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return plain && !('shape' in node && 'data' in node && ArrayBuffer.isView(node.data));
}

function firstDifference(a: readonly string[], b: readonly string[]): string {
  const i = a.findIndex((path, k) => path !== b[k]);
  const at = i < 0 ? a.length : i;
  const side = (paths: readonly string[]) => (at < paths.length ? `'${paths[at]}'` : 'nothing');
  return `the first has ${side(a)} where the second has ${side(b)}`;
}
