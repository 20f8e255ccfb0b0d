import { enableCompileCache, setSourceMapsSupport } from 'node:module';
import { fileURLToPath } from 'node:url';

// What `supervise` starts, with the `Start` of a kernel as its argument. The library's rooms load in half the time where V8 has seen them before.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/lemmata', import.meta.url)));
setSourceMapsSupport(true, { nodeModules: false }); // counts for modules loaded from here on
const { runKernel } = await import('./kernel.js');
runKernel(JSON.parse(process.argv[2]));
