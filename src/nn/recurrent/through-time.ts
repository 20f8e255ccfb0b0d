import * as tf from '@tensorflow/tfjs';
import { flatten, map, type Tree, zip } from '../../tensor/index.js';
import { scan } from '../../tensor/internal.js';

/*
 * A recurrence over T steps, forward and back through time.
 *
 * Few steps are written out. Many are a loop over blocks of steps that are written out: compiling then takes as long as for one block, what a
 * block needs stays in the processor's cache, and the gradient of its weights is one product, which the loop adds up.
 */

/** Whether T steps are a loop: it needs a state to start from. */
export const isLoop = (T: number): boolean => T > LONG;

const LONG = 64;
/** The steps of a block: fewer cost more for the loop around them, more leave the cache. */
const BLOCK = 16;

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** Gradients of what follows some steps: of each hidden state, where any has one, and of the last state. */
export interface After<S> {
  readonly hidden: readonly tf.Tensor[] | undefined;
  readonly state: Readonly<Partial<S>>;
}

/**
 * A layer's steps, written out. `rows` are their inputs by time, [.., T·B, F]; a hidden state is [B, D] or [1, B, D]; what is saved is a
 * tree of tensors with as many dimensions as a hidden state.
 */
export interface Steps<W extends object, S extends object, V extends object, Start = S> {
  forward(weights: W, rows: tf.Tensor, T: number, start: S | Start): { hidden: tf.Tensor[]; state: S; saved: V };
  /** Gradients of the weights, of the rows, and of the state before the first step. */
  backward(weights: W, rows: tf.Tensor, saved: V, after: After<S>): { weights: W; rows: tf.Tensor; state: S };
}

/** What the backward needs: of the first steps, and of the blocks after them. */
interface Saved<V> {
  readonly T: number;
  readonly first: V | undefined;
  readonly blocks: (Packed & { readonly shapes: Readonly<Record<string, readonly number[]>> }) | undefined;
}

/** All steps forward: the hidden states by time, in parts that are to be joined along the first axis, and the last state. */
export function forwardThroughTime<W extends object, S extends object, V extends object, Start>(
  steps: Steps<W, S, V, Start>,
  weights: W,
  rows: tf.Tensor,
  T: number,
  start: S | Start,
): { hidden: tf.Tensor[]; state: S; saved: Saved<V> } {
  const few = isLoop(T) ? T % BLOCK : T;
  const [head, tail] = cut(rows, few, T);
  const first = head && steps.forward(weights, head, few, start);
  if (first && !tail) return { hidden: first.hidden, state: first.state, saved: { T, first: first.saved, blocks: undefined } };
  let form!: Packed['form'];
  const step = (state: S, block: tf.Tensor) => {
    const { hidden, state: next, saved } = steps.forward(weights, block, BLOCK, state);
    const packed = pack(saved);
    form = packed.form;
    return { carry: next, kept: { hidden: tf.concat(hidden, 0), joined: packed.joined } };
  };
  const before = first?.state ?? (start as S);
  const { carry, kept } = scan(step, before, tail!);
  const [blocks, ofBlock, ...rest] = kept.hidden.shape;
  const shapes = Object.fromEntries(Object.entries(before as Tensors).map(([name, { shape }]) => [name, shape]));
  return {
    hidden: [...(first?.hidden ?? []), kept.hidden.reshape([blocks * ofBlock, ...rest])],
    state: carry,
    saved: { T, first: first?.saved, blocks: { joined: kept.joined, form, shapes } },
  };
}

/** All steps backward. `hidden` is the gradient of all hidden states by time, joined along the first axis. */
export function backThroughTime<W extends object, S extends object, V extends object>(
  steps: Pick<Steps<W, S, V>, 'backward'>,
  weights: W,
  rows: tf.Tensor,
  { T, first, blocks }: Saved<V>,
  { hidden, state }: { hidden: tf.Tensor | undefined; state: After<S>['state'] },
): { weights: W; rows: tf.Tensor; state: S } {
  const few = blocks ? T % BLOCK : T;
  const [head, tail] = cut(rows, few, T);
  const [hiddenHead, hiddenTail] = hidden ? cut(hidden, few, T, 0) : [];
  if (!blocks) return steps.backward(weights, rows, first!, { hidden: hidden && tf.split(hidden, T, 0), state });
  const step = (later: { weights: W; state: S }, block: { rows: tf.Tensor; joined: readonly tf.Tensor[]; hidden?: tf.Tensor }) => {
    const after = { hidden: block.hidden && tf.split(block.hidden, BLOCK, 0), state: later.state };
    const found = steps.backward(weights, block.rows, unpack<V>({ joined: block.joined, form: blocks.form }), after);
    return { carry: { weights: sum(later.weights, found.weights), state: found.state }, kept: found.rows };
  };
  const none = map(weights, (w) => tf.zeros((w as tf.Tensor).shape)) as W;
  const last = Object.fromEntries(
    Object.entries(blocks.shapes).map(([name, shape]) => [name, (state as Partial<Tensors>)[name] ?? tf.zeros([...shape])]),
  ) as S;
  const sequences = { rows: tail!, joined: blocks.joined, ...(hiddenTail && { hidden: hiddenTail }) };
  const { carry, kept } = scan(step, { weights: none, state: last }, sequences, { reverse: true });
  const ofTail = joinedBlocks(kept);
  if (!first) return { ...carry, rows: ofTail };
  const after = { hidden: hiddenHead && tf.split(hiddenHead, few, 0), state: carry.state };
  const found = steps.backward(weights, head!, first, after);
  return { weights: sum(carry.weights, found.weights), rows: tf.concat([found.rows, ofTail], -2), state: found.state };
}

/** What belongs to the first `few` of T steps along an axis, and the rest by blocks along a new first axis. */
function cut(x: tf.Tensor, few: number, T: number, axis = x.rank - 2): [tf.Tensor?, tf.Tensor?] {
  const ofStep = x.shape[axis] / T;
  if (few === T) return [x];
  const [head, tail] = few > 0 ? tf.split(x, [few * ofStep, (T - few) * ofStep], axis) : [undefined, x];
  return [head, tail.reshape([(T - few) / BLOCK, ...x.shape.with(axis, BLOCK * ofStep)])];
}

/** Blocks [n, .., BLOCK·B, F] one after the other, [.., n·BLOCK·B, F]. All other axes are of length 1. */
function joinedBlocks(x: tf.Tensor): tf.Tensor {
  const [n, ...shape] = x.shape;
  return x.reshape(shape.with(-2, n * shape.at(-2)!));
}

const sum = <W extends object>(a: W, b: W): W => zip(a, b, (x, y) => (x as unknown as tf.Tensor).add(y as unknown as tf.Tensor)) as W;

/** The tensors of a tree, those of one shape joined: a loop keeps a few long ones at a fraction of the cost of many. */
interface Packed {
  readonly joined: readonly tf.Tensor[];
  /** The tree with numbers in place of tensors, and how many are joined in each. */
  readonly form: { readonly tree: Tree<number>; readonly counts: readonly number[] };
}

function pack(tree: object): Packed {
  const { leaves, unflatten } = flatten<tf.Tensor>(tree as Tree<tf.Tensor>);
  const groups = new Map<string, number[]>();
  for (const [i, { shape }] of leaves.entries()) groups.set(`${shape}`, [...(groups.get(`${shape}`) ?? []), i]);
  const members = [...groups.values()];
  const joined = members.map((group) =>
    tf.concat(
      group.map((i) => leaves[i]),
      0,
    ),
  );
  const order = members.flat();
  return { joined, form: { tree: unflatten(leaves.map((_, i) => order.indexOf(i))), counts: members.map(({ length }) => length) } };
}

function unpack<V extends object>({ joined, form: { tree, counts } }: Packed): V {
  const leaves = joined.flatMap((whole, i) => tf.split(whole, counts[i], 0));
  const { leaves: places, unflatten } = flatten<number>(tree);
  return unflatten(places.map((i) => leaves[i])) as V;
}
