export { type AdamConfig, type AdamState, adam, adamW } from './adam.js';
export type { Numbers, Shaped, Tensors } from './flat.js';
export type { Optimizer } from './optimizer.js';
export { type SgdConfig, type SgdState, sgd } from './sgd.js';
