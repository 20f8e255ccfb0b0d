import { setSourceMapsSupport } from 'node:module';

// What `supervise` starts, with the `Start` of a kernel as its argument.
setSourceMapsSupport(true, { nodeModules: false }); // counts for modules loaded from here on
const { runKernel } = await import('./kernel.js');
runKernel(JSON.parse(process.argv[2]));
