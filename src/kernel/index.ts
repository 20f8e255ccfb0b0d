export { type Comm, onComm, openComm } from './comms/comm.js';
export { interact } from './comms/interact.js';
export { checkbox, dropdown, type SliderOptions, slider, type Widget } from './comms/widgets.js';
export { type InstallOptions, installKernel } from './install.js';
export { type ShellOptions, shell } from './magics/shell.js';
export { time, timeCell } from './magics/time.js';
export { clearOutput } from './runtime/clear-output.js';
export { input, password } from './runtime/input.js';
export { reload } from './runtime/reload.js';
