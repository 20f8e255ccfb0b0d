import { Worker } from 'node:worker_threads';
import { hearComm } from './comms/comm.js';
import { defineGlobals } from './globals.js';
import { SHARED, type ToRuntime } from './protocol.js';
import { currentCell } from './runtime/cell-context.js';
import { Executor } from './runtime/executor.js';
import { answerInput } from './runtime/input.js';
import { Interrupted, Interruption } from './runtime/interruption.js';
import { connect, send } from './runtime/link.js';
import { Modules } from './runtime/modules.js';
import { captureOutput } from './runtime/output.js';
import { connectReload } from './runtime/reload.js';
import { describeFailure, StackTraces } from './runtime/stack.js';

export interface Start {
  connectionFile: string;
  /** The process that started the kernel; the kernel ends with it. */
  parent: number;
  /** What the first cell says on stderr. */
  notice?: string;
}

/**
 * The kernel's main thread: it runs the cells and nothing else. A second thread speaks with Jupyter and with the TypeScript
 * compiler, so heartbeats, interrupts, completions and prints get through whatever a cell does.
 */
export function runKernel(start: Start): void {
  const shared = new Int32Array(new SharedArrayBuffer(SHARED.LENGTH * Int32Array.BYTES_PER_ELEMENT));
  const server = new Worker(new URL('./server/thread.js', import.meta.url), {
    workerData: { ...start, shared, directory: process.cwd() },
  });
  connect((message) => server.postMessage(message));

  const stacks = new StackTraces();
  const modules = new Modules(process.cwd());
  const interruption = new Interruption(shared);
  const executor = new Executor(modules, interruption, stacks);
  const exit = process.exit.bind(process);
  defineGlobals();
  connectReload(modules);
  captureOutput();
  reportWhatNobodyCaught();

  server.on('message', async (message: ToRuntime) => {
    if (message.type === 'run') send(await executor.run(message));
    else if (message.type === 'input') answerInput(message.value);
    else if (message.type === 'comm') hearComm(message);
    else if (message.type === 'interrupt') {
      interruption.interrupt();
      send({ type: 'interrupted' });
    } else if (message.type === 'shutdown') {
      endChildren();
      exit(0);
    }
  });
  server.on('error', (error) => {
    process.stderr.write(`lemmata kernel: ${error.stack}\n`);
    exit(1);
  });
  process.on('SIGINT', () => send({ type: 'signal' }));
  process.exit = () => {
    throw new Error('process.exit would end the kernel and lose every variable; use Restart Kernel to begin anew');
  };
}

/** An exception or rejection that nothing caught belongs to the cell that caused it, also long after that cell. */
function reportWhatNobodyCaught(): void {
  const report = (thrown: unknown) => {
    const cell = currentCell();
    if (!cell) {
      process.stderr.write(`lemmata kernel: ${describeFailure(thrown).stack}\n`);
      return;
    }
    if (isStopping(thrown, cell.abort.signal)) return;
    const failure = { ...describeFailure(thrown), shown: true };
    if (!cell.done) cell.failure ??= failure;
    send({ type: 'failure', cell: cell.id, failure });
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}

/** What an interrupted cell leaves behind ends by the interrupt itself, which is no news. */
const isStopping = (thrown: unknown, { aborted }: AbortSignal) =>
  aborted && (thrown instanceof Interrupted || (thrown as Error | undefined)?.name === 'AbortError');

/** Programs that cells started are in the kernel's process group, if Jupyter gave it its own; they end with it. */
function endChildren(): void {
  process.on('SIGTERM', () => {});
  try {
    process.kill(-process.pid, 'SIGTERM');
  } catch {
    // The kernel leads no group: whoever started it ends the group.
  }
}
