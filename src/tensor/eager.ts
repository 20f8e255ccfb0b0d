import './without-banner.js';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';

const require = createRequire(import.meta.url);

/**
 * Makes eager tfjs code, outside `compile`, run on the fastest installed backend: TensorFlow's library with a GPU
 * (`@tensorflow/tfjs-node-gpu`), without one (`@tensorflow/tfjs-node`), or else WebAssembly.
 *
 * @returns  the name of tfjs's backend: `tensorflow`, `wasm`, or `cpu` where not even WebAssembly works
 */
export async function useBestBackend(): Promise<string> {
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'])
    if (loadNative(name) && (await activate('tensorflow'))) return 'tensorflow';
  if (loadWasm() && (await activate('wasm'))) return 'wasm';
  await activate('cpu');
  return 'cpu';
}

/** Why a native package is not usable, or undefined when it is. */
export function nativeProblem(name: string): string | undefined {
  try {
    // Node 23 removed two functions that tfjs-node 4.22 calls.
    const util = require('node:util') as Record<string, unknown>;
    util.isNullOrUndefined ??= (x: unknown) => x === null || x === undefined;
    util.isArray ??= Array.isArray;
    require(name);
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
  // danfojs asks for tfjs-node and is given plain tfjs under that name, which registers no backend.
  return 'tensorflow' in tf.engine().registryFactory ? undefined : `${name} is a stand-in without TensorFlow's library`;
}

function loadNative(name: string): boolean {
  return nativeProblem(name) === undefined;
}

function loadWasm(): boolean {
  try {
    const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), sep));
    checkIndices();
    return true;
  } catch {
    return false;
  }
}

/** The kernels of wasm that take indices as they are, and read or write what lies beside the array; those of `cpu` refuse them. */
const UNCHECKED: Readonly<Record<string, (call: IndexCall) => readonly number[]>> = {
  GatherNd: ({ inputs }) => inputs.params.shape,
  ScatterNd: ({ attrs }) => attrs.shape,
  TensorScatterUpdate: ({ inputs }) => inputs.tensor.shape,
};

interface IndexCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: { readonly shape: readonly number[] };
  readonly backend: tf.KernelBackend;
}

/** Makes them refuse an index outside the array too. */
function checkIndices(): void {
  for (const [kernelName, shapeOf] of Object.entries(UNCHECKED)) {
    const kernel = tf.getKernel(kernelName, 'wasm') as unknown as { kernelFunc: ((call: IndexCall) => unknown) & { isChecked?: true } };
    if (!kernel || kernel.kernelFunc.isChecked) continue;
    const { kernelFunc } = kernel;
    const checked = (call: IndexCall) => {
      const { indices } = call.inputs;
      const [shape, depth] = [shapeOf(call), indices.shape.length < 2 ? 1 : indices.shape.at(-1)!];
      const values = call.backend.readSync(indices.dataId) as Int32Array;
      const wrong = values.findIndex((index, i) => index < 0 || index >= shape[i % depth]);
      if (wrong >= 0) {
        const start = wrong - (wrong % depth);
        throw new Error(`Invalid indices: ${values.slice(start, start + depth)} does not index into ${shape}`);
      }
      return kernelFunc(call);
    };
    kernel.kernelFunc = Object.assign(checked, { isChecked: true as const });
  }
}

/** tfjs answers false for a backend that does not start, and throws for one it does not know. */
async function activate(backend: string): Promise<boolean> {
  try {
    return await tf.setBackend(backend);
  } catch {
    return false;
  }
}
