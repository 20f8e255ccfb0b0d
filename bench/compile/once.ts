import { type RuntimeName, training } from '../step.js';
import { compileRows } from './rows.js';

// node … once.ts W2x512 openvino: in a fresh process, the seconds of the first call of a training step, which traces and compiles it.

const [, , id, runtime] = process.argv;
const { train } = training(compileRows.find(({ workload }) => workload.id === id)!.workload, runtime as RuntimeName, 1);
const start = performance.now();
await train(0);
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
process.exit();
