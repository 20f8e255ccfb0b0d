import './gradients.js';
import './show.js';

export { fold, type HostArray, type Key, key, normal, permutation, randint, split, uniform } from '../base/index.js';
export { clone, DeviceTensor, fromArray, fromTf, type Input, toTf } from './buffers/device-tensor.js';
export { type Compiled, type CompileOptions, compile, type ExportOptions, type ProgramInfo, type Session } from './compile.js';
export { useBestBackend } from './eager.js';
export { type Grads, grad, valueAndGrad } from './grad.js';
export { gradCheck } from './grad-check.js';
export { type InputGradients, type Layer, type LayerDefinition, layer, type OutputGradients, plainly } from './layer.js';
export { describeOnnx, type OnnxSummary } from './onnx/decode.js';
export { type Device, devices } from './runtime/devices.js';
export { type Quantised, quantise, type Sample } from './runtime/onnxruntime/quantise.js';
export { stopGradient } from './stop-gradient.js';
export { flatten, type Leaf, type Mapped, map, type Tree, zip } from './tree.js';
