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
    return true;
  } catch {
    return false;
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
