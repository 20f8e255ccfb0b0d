import { createServer } from 'node:http';
import { answer } from './server.mjs';

/**
 * Serves a built site to this machine until the process ends.
 *
 * @param {{ folder: string, prefix: string, port: number }} options
 */
export function serve({ folder, prefix, port }) {
  const server = createServer(answer(folder, prefix));
  server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}${prefix}  (Ctrl-C ends it)`));
}

/** Said before the minutes of a build. @param {number} port */
export function assertFree(port) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', (/** @type {NodeJS.ErrnoException} */ { code, message }) =>
      fail(new Error(code === 'EADDRINUSE' ? `port ${port} is in use; take another: npm run blog -- --serve --port ${port + 1}` : message)),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(done));
  });
}
