import * as tf from '@tensorflow/tfjs';
import './gradients.js';

/** Where a function's gradient is written by hand. */
interface ByHand {
  /** Runs off the tape; what is saved lives until the gradient was taken. */
  readonly forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor[];
  /** By each input that is asked for, from the gradients by the outputs: undefined for one that the loss does not depend on. */
  readonly backward: (dys: readonly (tf.Tensor | undefined)[], saved: readonly tf.Tensor[]) => Record<string, () => tf.Tensor>;
}

/**
 * `tf.customGrad` for a function of several outputs, which can be differentiated once.
 *
 * @throws when the gradient of the gradient is asked for
 */
export function withGradient(name: string, inputs: Readonly<Record<string, tf.Tensor>>, { forward, backward }: ByHand): tf.Tensor[] {
  const engine = tf.engine() as unknown as Engine;
  const outputs = engine.runKernelFunc({ inputs, forwardFunc: (_, save) => forward(save), backwardsFunc: () => ({}) });
  if (!engine.isTapeOn()) return outputs;
  const node = engine.state.activeTape.at(-1)!;
  // In place of the engine's own, which makes zeros for the outputs that no one used.
  node.gradient = (dys) => {
    if (engine.state.gradientDepth > 0)
      throw new Error(
        `${name} has a hand-derived first derivative only: a second derivative through it was asked for; use ${name}.plain, or plainly(f) where f calls it`,
      );
    return backward(
      dys.map((dy) => dy ?? undefined),
      node.saved ?? [],
    );
  };
  return outputs;
}

/** What is used here of tfjs's engine beside its public types. */
interface Engine {
  readonly state: { readonly gradientDepth: number; readonly activeTape: TapeNode[] };
  isTapeOn(): boolean;
  runKernelFunc(call: {
    inputs: Readonly<Record<string, tf.Tensor>>;
    forwardFunc(backend: unknown, save: (tensors: tf.Tensor[]) => void): tf.Tensor[];
    backwardsFunc(): object;
  }): tf.Tensor[];
}

interface TapeNode {
  readonly saved: tf.Tensor[] | undefined;
  gradient: (dys: readonly (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}
