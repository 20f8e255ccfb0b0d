/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { fromLeaf, type HostInput, specOf } from './buffers/device-tensor.js';
export type { TensorDType, TypedArray } from './buffers/memory.js';
export { scan } from './scan.js';
export { segmentMax } from './segment-max.js';
export { valuesNow } from './values-now.js';
