import { writeSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { hearComm } from './comms/comm.js';
import { defineGlobals } from './globals.js';
import type { Remains } from './journal.js';
import { SHARED, type ToRuntime, type ToServer } from './protocol.js';
import { currentCell } from './runtime/cell-context.js';
import { bindChildrenToCells } from './runtime/children.js';
import { Executor } from './runtime/executor.js';
import { answerInput } from './runtime/input.js';
import { Interrupted, Interruption } from './runtime/interruption.js';
import { connect, send } from './runtime/link.js';
import { Modules } from './runtime/modules.js';
import { captureOutput } from './runtime/output.js';
import { guardProcess, keepListening } from './runtime/process-guard.js';
import { connectReload } from './runtime/reload.js';
import { offerSafePoints } from './runtime/safe-points.js';
import { describeFailure, StackTraces } from './runtime/stack.js';
import { bindTimersToCells } from './runtime/timers.js';

export interface Start {
  connectionFile: string;
  /** The process that started this one; the kernel ends with it. */
  supervisor: number;
  /** What the first cell says on stderr. */
  notice?: string;
  /** Of the process before this one, if it died. */
  remains?: Remains;
}

/**
 * The kernel's main thread: it runs the cells and nothing else. A second thread speaks with Jupyter and with the TypeScript
 * compiler, so heartbeats, interrupts, completions and prints get through whatever a cell does.
 */
export function runKernel(start: Start): void {
  const shared = new Int32Array(new SharedArrayBuffer(SHARED.LENGTH * Int32Array.BYTES_PER_ELEMENT));
  const server = new Worker(new URL('./server/thread.js', import.meta.url), {
    workerData: { ...start, shared, directory: process.cwd(), heapLimit: oldSpaceLimit() },
  });
  connect((message) => server.postMessage(message), shared);

  const stacks = new StackTraces();
  const modules = new Modules(process.cwd());
  const interruption = new Interruption(shared);
  const executor = new Executor(modules, interruption, stacks);
  defineGlobals();
  connectReload(modules);
  captureOutput();
  bindTimersToCells();
  bindChildrenToCells(interruption.checkpoint);
  offerSafePoints(interruption.checkpointOfModule);
  const exit = guardProcess(start.supervisor);
  keepListening({ unhandledRejection: report, SIGTERM: () => send({ type: 'terminate' }) });
  process.setUncaughtExceptionCaptureCallback(reportAndTell);
  const signal = () => send({ type: 'signal' });

  server.on('message', async (message: ToRuntime) => {
    if (!process.listeners('SIGINT').includes(signal)) process.on('SIGINT', signal);
    if (message.type === 'run') send(await executor.run(message).catch((thrown) => failed(message.cell, thrown)));
    else if (message.type === 'preload') for (const specifier of message.specifiers) modules.import(specifier).catch(() => {});
    else if (message.type === 'input') answerInput(message.value);
    else if (message.type === 'comm') hearComm(message, interruption.renew);
    else if (message.type === 'interrupt') {
      interruption.interrupt();
      send({ type: 'interrupted' });
    } else if (message.type === 'shutdown') exit(0);
  });
  server.on('error', (error) => complain(error.stack));
  server.on('exit', () => exit(1)); // without its server a kernel is of no use, and nothing else would end it
}

/** What lives long may take this much: V8's limit without the room for what is new. */
const oldSpaceLimit = () => getHeapStatistics().heap_size_limit - 192 * 2 ** 20;

/** What a cell broke may fail the kernel's own code, which must answer all the same. */
const failed = (cell: string, thrown: unknown): ToServer => ({ type: 'done', cell, unreached: [], failure: describeFailure(thrown) });

const MOST_FAILURES = 20;

/** An exception or rejection that nothing caught belongs to the cell that caused it, also long after that cell. */
function report(thrown: unknown): void {
  const cell = currentCell();
  if (!cell) {
    complain(describeFailure(thrown).stack);
    return;
  }
  if (isStopping(thrown, cell.abort.signal)) return;
  const failure = { ...describeFailure(thrown), shown: true };
  if (!cell.done) cell.failure ??= failure;
  if (++cell.failures > MOST_FAILURES) return;
  send({ type: 'failure', cell: cell.id, failure });
  if (cell.failures === MOST_FAILURES) process.stderr.write('lemmata: further errors that nothing in this cell catches are not shown\n');
}

/** A cell's own listeners hear of it too. If one of them throws, as generated code does, that ends nothing. */
function reportAndTell(thrown: unknown): void {
  try {
    report(thrown);
    for (const listener of process.listeners('uncaughtException')) listener(thrown as Error, 'uncaughtException');
  } catch {
    // It was reported, as far as what the cell did to the process lets the kernel report.
  }
}

/** What an interrupted cell leaves behind ends by the interrupt itself, which is no news. */
function isStopping(thrown: unknown, { aborted }: AbortSignal): boolean {
  return aborted && (thrown instanceof Interrupted || describeFailure(thrown).name === 'AbortError');
}

/** Synchronously: a stream whose reader has gone fails by an event, which would come here again, without end. */
function complain(text?: string): void {
  try {
    writeSync(2, `lemmata kernel: ${text}\n`);
  } catch {
    // Nobody reads it any more.
  }
}
