import { DeviceTensor, type Input, valuesOf } from '../buffers/device-tensor.js';
import { fill, type Memory } from '../buffers/memory.js';
import { firstChange, signatureOf } from './signature.js';
import type { Variant } from './variant.js';

/**
 * A variant as a plain function over memory of its own: arguments are copied in, but tensors, the graph runs on the caller's thread, and
 * results are copied to arrays that every call overwrites. So a call makes no tensor, no array and no promise.
 */
export function makeSession({ plan, match, build, signature }: Variant, name: string, names: readonly string[]) {
  const { request, places, inputs, outputs } = plan.bindOwn(signature.leaves.length);
  const results = outputs.map(({ data }) => data.slice());
  const result = build(results);
  let released = false;
  const session = (...args: unknown[]): unknown => {
    if (released) throw new Error(`this session of ${name} was released; make another`);
    const leaves = match(args);
    if (!leaves) throw new Error(`this session of ${name} is for other arguments: ${firstChange(signature, signatureOf(args, names))}`);
    for (let i = 0; i < leaves.length; i++) {
      const at = places[i];
      if (at < 0) continue;
      const leaf = leaves[i];
      const memory = leaf instanceof DeviceTensor ? read(DeviceTensor.memoryOf(leaf)) : copied(leaf, inputs[i]);
      if (request.inputs[at] !== memory) request.setInput(at, memory);
    }
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

/** The memory of a tensor, which is read where it is: nothing writes to it while the caller's thread runs the graph. */
function read(memory: Memory): Memory {
  if (memory.remote) void memory.data; // brings it over
  return memory;
}

/** A leaf that may change or move at any time, in memory that does not. */
function copied(leaf: Exclude<Input, DeviceTensor>, memory: Memory): Memory {
  if (typeof leaf !== 'number') return fill(memory, valuesOf(leaf));
  memory.data[0] = leaf;
  return memory;
}
