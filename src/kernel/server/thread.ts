import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ToServer } from '../protocol.js';
import { speedUpLoading } from './load-compiler.js';
import { Runtime } from './runtime.js';
import { type Connection, Sockets } from './sockets.js';

/** The second thread of the kernel: Jupyter's sockets and the TypeScript compiler. */
async function serve(): Promise<void> {
  const { connectionFile, parent, shared, directory, notice } = workerData;
  const connection: Connection = JSON.parse(readFileSync(connectionFile, 'utf8'));
  const sockets = new Sockets(connection.key);
  speedUpLoading();
  const [{ Server }] = await Promise.all([import('./server.js'), sockets.bind(connection)]);
  const runtime = new Runtime(parentPort!, shared);
  const server = new Server(sockets, runtime, directory, notice);
  parentPort!.on('message', (message: ToServer) => server.hear(message));
  endWith(parent, () => {
    sockets.close();
    runtime.end();
  });
}

/** A kernel whose Jupyter died without a word must not stay. */
function endWith(parent: number, end: () => void): void {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 1000);
}

serve();
