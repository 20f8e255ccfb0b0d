import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it, vi } from 'vitest';
import { gradCheck, type Point } from '../../src/tensor/grad-check.js';
import { type Layer, plainly } from '../../src/tensor/layer.js';
import { expectCompiled } from './compiled.js';
import { expectReference, expectSameDerivatives, type Reference } from './gradients.js';

/** Any layer, whatever its arguments. */
export type AnyLayer = Layer<never[], unknown>;
type Call = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Where a layer's derivatives are checked. */
export interface LayerCase {
  /** The layer as a function of the tensors that have a gradient, to one tensor: `(x, w, b) => linear({ w, b }, x)`. */
  readonly call: Call;
  /** The points, with value and gradients from elsewhere, made by a committed script; inputs beyond its gradients are left out. */
  readonly reference?: Reference;
  /** The points, where there is no reference. */
  readonly inputs?: readonly Point[];
  /** Why differences do not apply: the backward holds constant what depends on the inputs, or the layer has no value beside them. */
  readonly noDifferences?: string;
}

let recorded: Set<AnyLayer> | undefined;

/**
 * The tests of a layer's derivatives, case by case: its backward agrees with central differences and with tfjs's autodiff of its plain form
 * in double precision, with a reference, and compiled on both runtimes.
 *
 * `tests/derivatives.test.ts` demands it of every layer, by a file `derivatives.test.ts` of its folder.
 */
export function describeLayer(layer: AnyLayer, cases: Readonly<Record<string, LayerCase>>): void {
  const all = Object.values(cases);
  const name = layer.layerName;
  if (!all.some(({ reference }) => reference))
    throw new Error(`describeLayer(${name}): a case must have a reference of PyTorch or the authors`);
  if (all.every(({ noDifferences }) => noDifferences)) throw new Error(`describeLayer(${name}): differences must be able to see a case`);
  if (recorded) {
    recorded.add(layer);
    return;
  }
  describe.each(Object.entries(cases))(`${name}, %s`, (_, { call, reference, inputs = differentiable(reference!), noDifferences }) => {
    if (reference) it('equals its reference, forward and backward', () => expectReference(call, { ...reference, inputs }));

    it('agrees with differences and with autodiff of its plain form', () => {
      const plain = vi.spyOn(layer, 'plain');
      expectSameDerivatives(call, plainly(call), inputs, reference?.dy);
      expect(plain, `${name} is not what the case calls`).toHaveBeenCalled();
      plain.mockRestore();
      if (!noDifferences) gradCheck(call, inputs);
    });

    it('is the same compiled, on both runtimes', () => expectCompiled(call, inputs));
  });
}

/** The inputs that have a gradient come first. */
const differentiable = ({ inputs, grads }: Reference) => inputs.slice(0, grads.length);

/** The layers that a file of derivative tests describes, without running its tests. */
export async function layersDescribedIn(load: () => Promise<unknown>): Promise<ReadonlySet<AnyLayer>> {
  const found = new Set<AnyLayer>();
  recorded = found;
  try {
    await load();
  } finally {
    recorded = undefined;
  }
  return found;
}
