import * as tf from '@tensorflow/tfjs';

/** The tensors of a tree by their place in it, and nulls among them: `1`, or `0.layers.2.w`. Whatever else it holds is passed over. */
export function tensorsOf(tree: unknown, path = '', found = new Map<string, tf.Tensor | null>()): Map<string, tf.Tensor | null> {
  if (tree instanceof tf.Tensor || tree === null) return found.set(path, tree);
  if (branches(tree)) for (const [key, child] of Object.entries(tree)) tensorsOf(child, path ? `${path}.${key}` : key, found);
  return found;
}

/** The tree with other values in place of its tensors, in their order. */
export function replaced(tree: unknown, values: readonly unknown[]): unknown {
  let next = 0;
  const walk = (node: unknown): unknown => {
    if (node instanceof tf.Tensor) return values[next++];
    if (Array.isArray(node)) return node.map(walk);
    return branches(node) ? Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)])) : node;
  };
  return walk(tree);
}

function branches(node: unknown): node is object {
  if (typeof node !== 'object' || node === null) return false;
  const prototype = Object.getPrototypeOf(node);
  // A cell of a notebook has an Object.prototype of its own.
  return Array.isArray(node) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
