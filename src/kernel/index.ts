export { type InstallOptions, installKernel } from './install.js';
export { clearOutput } from './runtime/clear-output.js';
export { input, password } from './runtime/input.js';
export { reload } from './runtime/reload.js';
