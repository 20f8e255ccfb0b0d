import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ToServer } from '../protocol.js';
import { acknowledger } from '../runtime/link.js';
import { speedUpLoading } from './load-compiler.js';
import { Runtime } from './runtime.js';
import { type Connection, Sockets } from './sockets.js';

/** The second thread of the kernel: Jupyter's sockets and the TypeScript compiler. */
async function serve(): Promise<void> {
  const { connectionFile, supervisor, shared, directory, notice, heapLimit, remains } = workerData;
  const runtime = new Runtime(parentPort!, shared, heapLimit, supervisor);
  let end = () => runtime.end();
  endWith(supervisor, () => end()); // before all else: the supervisor may end at any moment
  const connection: Connection = JSON.parse(readFileSync(connectionFile, 'utf8'));
  const sockets = new Sockets(connection.key);
  speedUpLoading();
  const [{ Server }] = await Promise.all([import('./server.js'), sockets.bind(connection)]);
  await sockets.greet();
  const server = new Server(sockets, runtime, directory, notice);
  end = () => server.end();
  if (remains) server.recover(remains);
  const acknowledge = acknowledger(shared);
  parentPort!.on('message', (message: ToServer) => {
    acknowledge(message);
    server.hear(message);
  });
}

/** A kernel whose Jupyter died without a word must not stay. Jupyter names itself, for another process may stand between. */
function endWith(parent: number, end: () => void): void {
  const jupyter = Number(process.env.JPY_PARENT_PID) || parent;
  const isAdopted = () => process.ppid !== parent;
  const wasAlive = isAlive(jupyter);
  const watch = setInterval(() => {
    if (!isAdopted() && isAlive(jupyter) === wasAlive) return;
    clearInterval(watch);
    end();
  }, 1000);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Nothing that goes wrong here may take the cells' variables with it. */
function survive(thrown: unknown): void {
  process.stderr.write(`lemmata kernel: ${(thrown as Error | undefined)?.stack ?? thrown}\n`);
}
process.on('uncaughtException', survive);
process.on('unhandledRejection', survive);

serve().catch((error) => {
  survive(error);
  process.exit(1); // without its sockets a kernel is of no use
});
