// npm run blog [-- --pathprefix /lemmata/] [-- --url https://…] [-- --out folder] [-- --serve [--port 8080]]: the website, in build/site.
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from './blog/build.mjs';
import { answer } from './blog/server.mjs';

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
  if (values.serve) serve(Number(values.port));
} catch (thrown) {
  console.error(`blog: ${reason(thrown)}\nblog: ${values.out} is as it was before.`);
  process.exitCode = 1;
}

/** @param {number} port */
function serve(port) {
  const server = createServer(answer(resolve(root, values.out), values.pathprefix));
  server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}${values.pathprefix}  (Ctrl-C ends it)`));
}

/** Said before the minutes of a build. @param {number} port */
function assertFree(port) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', (/** @type {NodeJS.ErrnoException} */ { code, message }) =>
      fail(new Error(code === 'EADDRINUSE' ? `port ${port} is in use; take another: npm run blog -- --serve --port ${port + 1}` : message)),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(done));
  });
}

/** The innermost cause, which names file and line; Eleventy wraps it more than once. @param {unknown} thrown */
function reason(thrown) {
  let error = /** @type {any} */ (thrown);
  while (error?.originalError ?? error?.cause) error = error.originalError ?? error.cause;
  return process.env.DEBUG ? error.stack : (error?.message ?? String(error));
}
