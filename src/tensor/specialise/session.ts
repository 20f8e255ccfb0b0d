import { DeviceTensor, type Input, valuesOf } from '../buffers/device-tensor.js';
import { fill, type Memory } from '../buffers/memory.js';
import { firstChange, signatureOf } from './signature.js';
import type { Variant } from './variant.js';

/**
 * A variant as a plain function over memory of its own: arguments are copied in, the graph runs on the caller's thread, and results
 * are copied to arrays that every call overwrites. So a call makes no tensor, no array and no promise.
 */
export function makeSession({ plan, match, build, signature }: Variant, name: string, names: readonly string[]) {
  const { request, inputs, outputs } = plan.bindOwn();
  const results = outputs.map(({ data }) => data.slice());
  const result = build(results);
  let released = false;
  const session = (...args: unknown[]): unknown => {
    if (released) throw new Error(`this session of ${name} was released; make another`);
    const leaves = match(args);
    if (!leaves) throw new Error(`this session of ${name} is for other arguments: ${firstChange(signature, signatureOf(args, names))}`);
    for (let i = 0; i < leaves.length; i++) copy(leaves[i], inputs[i]);
    request.run();
    for (let i = 0; i < results.length; i++) results[i].set(outputs[i].data);
    return result;
  };
  const release = () => {
    released = true;
    request.release();
  };
  return Object.assign(session, { release });
}

/** Copies a leaf to where the graph reads it, if it does. */
function copy(leaf: Input, memory: Memory | undefined): void {
  if (!memory) return;
  if (typeof leaf === 'number') memory.data[0] = leaf;
  else fill(memory, leaf instanceof DeviceTensor ? DeviceTensor.memoryOf(leaf).data : valuesOf(leaf));
}
