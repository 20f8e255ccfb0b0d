import * as tf from '@tensorflow/tfjs';
import { showShape } from '../base/index.js';
import { withGradient } from './tape.js';
import { replaced, tensorsOf } from './tensors-of.js';

/**
 * Gradients of a layer's outputs, in the shape of its value. Of several outputs, one that the loss does not depend on has none.
 */
export type OutputGradients<V> = V extends tf.Tensor
  ? V
  : { readonly [K in keyof V]: V[K] extends tf.Tensor ? tf.Tensor | undefined : OutputGradients<V[K]> };

/** Gradients of an argument, in its shape: null for what is held constant, nothing for integers, booleans and plain options. */
export type InputGradients<T> =
  | null
  | (T extends tf.Tensor ? tf.Tensor : T extends object ? { readonly [K in keyof T]?: InputGradients<T[K]> } : undefined);

/** What makes a layer: see `layer`. */
export interface LayerDefinition<A extends unknown[], V, S> {
  /** As errors and tests name it: the name of the constant that holds the layer. Made again, as in a cell, it takes the old one's place. */
  readonly name: string;
  /** The value, a tensor or a tree of some, and what the backward needs: tensors, numbers, shapes, in a tree of any form. */
  readonly forward: (...args: A) => { readonly value: V; readonly saved: S };
  /** Gradients of the loss by each argument, from its gradients by the value and from what the forward saved. */
  readonly backward: (dy: OutputGradients<V>, saved: S) => { readonly [I in keyof A]?: InputGradients<A[I]> };
  /** The same value in tfjs's operators alone. */
  readonly plain: (...args: A) => V;
}

/** A differentiable function with a hand-derived backward, and its plain form. */
export interface Layer<A extends unknown[], V> {
  (...args: A): V;
  /** The same function in tfjs's operators: slower, and differentiable any number of times. */
  readonly plain: (...args: A) => V;
  /** Its `name`. */
  readonly layerName: string;
}

/** Every layer that was made, by name. */
export const registeredLayers = new Map<string, Layer<never[], unknown>>();

/**
 * A function of tensors whose first derivative is derived by hand.
 *
 *     const cube = layer({
 *       name: 'cube',
 *       forward: (x: tf.Tensor) => ({ value: x.pow(3), saved: { x } }),
 *       backward: (dy, { x }) => [dy.mul(x.square().mul(3))],
 *       plain: (x) => x.mul(x).mul(x),
 *     });
 *
 * Arguments are any trees of tensors and options: parameters, then x, then `{ … }`. The backward gives the gradient of each float tensor
 * among them, in the arguments' shape: `[{ w, b }, dx]`. Make a layer once, where its module is loaded.
 *
 * tfjs runs the forward off the tape, so a derivative of the backward would miss what it takes from `saved`. Asking for one is an error;
 * `cube.plain(x)`, or `plainly(f)` for a function f of layers, has every derivative.
 *
 * @throws  when it is differentiated: if a second derivative is asked for, or its backward leaves out the gradient of a float tensor or
 *          gives one of another shape
 */
export function layer<A extends unknown[], V, S>({ name, forward, backward, plain }: LayerDefinition<A, V, S>): Layer<A, V> {
  const call = (...args: A): V => {
    if (plainCalls > 0) return made.plain(...args);
    const inputs = Object.fromEntries([...tensorsOf(args)].filter(([, t]) => t?.dtype === 'float32')) as Record<string, tf.Tensor>;
    let run!: ReturnType<typeof forward>;
    const outputs = withGradient(name, inputs, {
      forward(save) {
        run = forward(...args);
        save([...tensorsOf(run.saved).values()].filter((t) => t !== null));
        return [...tensorsOf(run.value).values()] as tf.Tensor[];
      },
      backward(dys, saved) {
        const found = tensorsOf(backward(replaced(run.value, dys) as OutputGradients<V>, replaced(run.saved, saved) as S));
        return Object.fromEntries(Object.entries(inputs).map(([path, input]) => [path, () => gradientAt(path, input, found, name)]));
      },
    });
    return replaced(run.value, outputs) as V;
  };
  Object.defineProperty(call, 'name', { value: name });
  const made: Layer<A, V> = Object.assign(call, { plain, layerName: name });
  registeredLayers.set(name, made as unknown as Layer<never[], unknown>);
  return made;
}

let plainCalls = 0;

/**
 * The same function with every layer in it in its plain form: any model, to be differentiated twice, as a gradient penalty asks.
 *
 *     const critic = plainly(mlp);        critic(params, x)
 */
export const plainly =
  <A extends unknown[], R>(f: (...args: A) => R) =>
  (...args: A): R => {
    plainCalls++;
    try {
      return f(...args);
    } finally {
      plainCalls--;
    }
  };

function gradientAt(path: string, input: tf.Tensor, found: ReadonlyMap<string, tf.Tensor | null>, name: string): tf.Tensor {
  const gradient = found.get(path);
  const at = `the backward of ${name}: argument ${path}, ${showShape(input)},`;
  if (gradient) {
    if (tf.util.arraysEqual(gradient.shape, input.shape)) return gradient;
    throw new Error(`${at} has a gradient of another shape, ${showShape(gradient)}; sum it over the axes along which it was broadcast`);
  }
  const held = [...found].some(([place, value]) => value === null && `${path}.`.startsWith(`${place}.`));
  if (held) return tf.zerosLike(input);
  throw new Error(`${at} has no gradient; return one in its place, or null where the layer holds it constant`);
}
