import { describe, expect, it } from 'vitest';
import { runChild } from '../../../../tests/support/child.js';
import { noWebgpu, softwareGpu } from '../../../../tests/support/software-gpu.js';
import { allocate } from '../../buffers/memory.js';
import { openLibrary, providersIn } from './ffi.js';
import { ProviderMemory } from './memory.js';
import { onnxruntime } from './onnxruntime.js';
import { makeLibrary } from './session.js';

const api = openLibrary();

/** state ← state/2 + x from 4: with x = 1 twice 2½, with x = 3 eight times 6 − 3½·2⁻⁸, and from 8, written outside, with x = 1 5 and 3½. */
const TRAINED = { loss: 3, values: [5.986328125, 5.986328125], written: 5, last: 3.5 };
/**
 * Ten steps: two places for the state; the two requests bind a first state and x each, x again after it was written to, and one its
 * second state. Reading the state twice takes one run more.
 */
const WORK = { trained: { places: 2, runs: 10, bound: 7 }, read: { places: 2, runs: 11, bound: 8 } };
/** What is still held at the end: the session that reads. */
const ALIVE = { values: 0, requests: 0, sessions: 1 };

function expectResident(environment: Record<string, string>, provider: string, memory: string, steps = 10_000): void {
  const { growth, ...report } = runChild('resident.ts', environment, provider, memory, String(steps));
  expect(report).toEqual({ ...TRAINED, ...WORK, alive: ALIVE });
  expect(growth).toBeLessThan(8); // MB in four fifths of the steps, of a state of 20 kB
}

describe('a state that stays with its provider', { timeout: 60_000 }, () => {
  it('goes from step to step in two places, is brought over once when it is read, and leaves nothing behind', () => {
    expectResident({}, 'CPU', 'Cpu');
  });

  it.skipIf(noWebgpu)('does so on WebGPU (a GPU, or apt install chromium)', () => {
    // A GPU in software takes 10 ms a step; 1,600 lost states would be 32 MB.
    expectResident(softwareGpu, 'WebGPU', 'WebGPU_Buf', 2000);
  });

  it('does so on CUDA where it starts, and else it is refused', () => {
    if (typeof onnxruntime('cuda') === 'object') expectResident({}, 'CUDA', 'Cuda');
    else expect(() => new ProviderMemory(makeLibrary(api), 'CUDA', 'Cuda')).toThrow('ONNX Runtime could not start CUDA: ');
  });

  it('has a place there when it is of many numbers', () => {
    const device = new ProviderMemory(makeLibrary(api), 'CPU', 'Cpu');
    const large = allocate([25, 41], 'int32');
    expect(device.placeOf(large)).toBe(device.placeOf(large));
    expect(device.placeOf(allocate([1024], 'float32'))).toBeUndefined();
    expect(device.placeOf(allocate([1025], 'bool'))).toBeUndefined();
    expect(device.find(large)).toBeUndefined(); // nothing was written there
    device.placeOf(large)?.written(large);
    expect(device.find(large)).toBe(device.placeOf(large)?.tensor);
    expect(large.data).toHaveLength(1025); // read by another session than float32's
  });
});

it('names the providers that the library was built with', () => {
  expect(providersIn(api)).toContain('cpu');
  expect(() => new ProviderMemory(makeLibrary(api), 'Abacus', 'Cpu')).toThrow(/could not start Abacus: Unknown provider name/);
});
