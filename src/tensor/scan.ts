import * as tf from '@tensorflow/tfjs';
import { TraceBackend } from './trace/backend.js';
import { recordLoop } from './trace/loop.js';
import { flatten, type Tree } from './tree.js';

type Tensors = Tree<tf.Tensor> | object;

/** What a step of `scan` gives: what goes on to the next step, and what is kept of this one. */
export interface ScanStep<C, Y> {
  readonly carry: C;
  readonly kept: Y;
}

/**
 * Repeats a step over the first axis of a tree of tensors: in a compiled graph one loop, whatever its length.
 *
 *     (cₖ₊₁, yₖ) = step(cₖ, xₖ)
 *
 *     const { carry, kept } = scan((sum, x) => ({ carry: sum.add(x), kept: sum }), tf.zeros([D]), xs);       // xs [T, D], kept [T, D]
 *
 * @param step     pure; what it closes over is the same in every step
 * @param initial  c₀, a tree of tensors
 * @param xs       a tree of tensors [T, ...], T of at least 1
 * @returns        the last carry, and every yₖ, [T, ...]
 * @throws         where a gradient would have to flow through it, or where the sequences differ in length or a carry in shape
 *
 * It has no derivative of its own: a layer's forward and backward use it, each with a loop of its own. Named after JAX's `lax.scan`.
 */
export function scan<C extends Tensors, X extends Tensors, Y extends Tensors>(
  step: (carry: C, x: X) => ScanStep<C, Y>,
  initial: C,
  xs: X,
  { reverse = false }: { readonly reverse?: boolean } = {},
): ScanStep<C, Y> {
  if ((tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn())
    throw new Error('scan: no gradient flows through a loop; call it in the forward and the backward of a layer');
  const sequences = flatten<tf.Tensor>(xs as Tree<tf.Tensor>);
  const [T] = sequences.leaves[0].shape;
  if (!T || sequences.leaves.some(({ shape }) => shape[0] !== T))
    throw new Error(`scan: sequences of one length of at least 1 are needed, got ${sequences.leaves.map(({ shape }) => `[${shape}]`)}`);
  const checked = (carry: C, x: X): ScanStep<C, Y> => {
    const made = step(carry, x);
    const [before, after] = [formOf(carry), formOf(made.carry)];
    if (before !== after) throw new Error(`scan: a step gives a carry of the form it was given: got ${before}, gave ${after}`);
    return made;
  };
  const on = tf.backend();
  if (on instanceof TraceBackend) return recorded(on, checked, initial, sequences, T, reverse);
  const kept: Y[] = new Array(T);
  let carry = initial;
  for (let k = 0; k < T; k++) {
    const at = reverse ? T - 1 - k : k;
    const x = sequences.unflatten(sequences.leaves.map((sequence) => sequence.slice([at], [1]).squeeze([0])));
    ({ carry, kept: kept[at] } = checked(carry, x as X));
  }
  const { leaves, unflatten } = flatten<tf.Tensor>(kept[0] as Tree<tf.Tensor>);
  const columns = kept.map((y) => flatten<tf.Tensor>(y as Tree<tf.Tensor>).leaves);
  return { carry, kept: unflatten(leaves.map((_, i) => tf.stack(columns.map((column) => column[i])))) as Y };
}

function formOf(carry: object): string {
  const { structure, leaves } = flatten<tf.Tensor>(carry as Tree<tf.Tensor>);
  return `${structure} ${leaves.map(({ dtype, shape }) => `${dtype}[${shape}]`)}`;
}

function recorded<C, X, Y>(
  on: TraceBackend,
  step: (carry: C, x: X) => ScanStep<C, Y>,
  initial: C,
  sequences: ReturnType<typeof flatten<tf.Tensor>>,
  T: number,
  reverse: boolean,
): ScanStep<C, Y> {
  const states = flatten<tf.Tensor>(initial as Tree<tf.Tensor>);
  let kept!: ReturnType<typeof flatten<tf.Tensor>>;
  const outputs = recordLoop(on, { states: states.leaves, sequences: sequences.leaves, T, reverse }, (state, x) => {
    const made = step(states.unflatten(state) as C, sequences.unflatten(x) as X);
    kept = flatten<tf.Tensor>(made.kept as Tree<tf.Tensor>);
    return [flatten<tf.Tensor>(made.carry as Tree<tf.Tensor>).leaves, kept.leaves];
  });
  const n = states.leaves.length;
  return { carry: states.unflatten(outputs.slice(0, n)) as C, kept: kept.unflatten(outputs.slice(n)) as Y };
}
