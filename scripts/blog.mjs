// npm run blog [-- --pathprefix /lemmata/] [-- --url https://…] [-- --out folder] [-- --serve [--port 8080]]: the website, in build/site.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from './blog/build.mjs';
import { assertFree, serve } from './blog/serve.mjs';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    pathprefix: { type: 'string', default: '/' },
    url: { type: 'string' },
    out: { type: 'string', default: 'build/site' },
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '8080' },
  },
});
try {
  if (values.serve) await assertFree(Number(values.port));
  const started = performance.now();
  const { pages } = await buildSite({ root, out: resolve(root, values.out), prefix: values.pathprefix, url: values.url });
  console.log(`${values.out}: ${pages} pages in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (values.serve) serve({ folder: resolve(root, values.out), prefix: values.pathprefix, port: Number(values.port) });
} catch (thrown) {
  console.error(`blog: ${reason(thrown)}\nblog: ${values.out} is as it was before.`);
  process.exitCode = 1;
}

/** The innermost cause, which names file and line; Eleventy wraps it more than once. @param {unknown} thrown */
function reason(thrown) {
  let error = /** @type {any} */ (thrown);
  while (error?.originalError ?? error?.cause) error = error.originalError ?? error.cause;
  return process.env.DEBUG ? error.stack : (error?.message ?? String(error));
}
