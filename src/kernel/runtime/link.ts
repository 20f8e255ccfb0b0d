import { SHARED, type ToServer } from '../protocol.js';
import { Printer } from './printer.js';

let post: ((message: ToServer) => void) | undefined;
let shared: Int32Array;
const printer = new Printer((message) => deliver(message));

/** How much may be on its way to the server: a loop that prints faster than the server hears waits for it. */
const WINDOW = 1024;
/** Text of this length counts as one message. */
const LENGTH = 16_384;
const LONGEST_WAIT_MS = 5000;

/** Connects this thread's cells to the kernel's server; outside the kernel nothing is connected. */
export function connect(to: (message: ToServer) => void, memory: Int32Array): void {
  post = to;
  shared = memory;
}

export function send(message: ToServer): void {
  if (!post) return;
  if (message.type === 'stream') {
    printer.print(message);
    return;
  }
  printer.flush();
  deliver(message);
}

function deliver(message: ToServer): void {
  const weight = weightOf(message);
  post!(message);
  Atomics.add(shared, SHARED.SENT, weight);
  for (let end = Infinity; onTheirWay() > WINDOW; ) {
    end = Math.min(end, performance.now() + LONGEST_WAIT_MS);
    Atomics.wait(shared, SHARED.HEARD, Atomics.load(shared, SHARED.HEARD), 50);
    if (performance.now() > end) return;
  }
}

/**
 * The server's side: takes in what it heard once per turn of its own loop, so that between two turns no more than a window comes, and
 * an interrupt is heard in time.
 */
export function acknowledger(memory: Int32Array): (message: ToServer) => void {
  let heard = 0;
  const acknowledge = () => {
    Atomics.add(memory, SHARED.HEARD, heard);
    Atomics.notify(memory, SHARED.HEARD);
    heard = 0;
  };
  return (message) => {
    if (!heard) setImmediate(acknowledge);
    heard += weightOf(message);
  };
}

const onTheirWay = () => (Atomics.load(shared, SHARED.SENT) - Atomics.load(shared, SHARED.HEARD)) | 0;

const weightOf = (message: ToServer) => 1 + Math.floor(lengthOf(message) / LENGTH);

/** The text in a message, as far as it may be long. */
function lengthOf(message: ToServer): number {
  if (message.type === 'stream') return message.text.length;
  if (message.type !== 'display') return 0;
  return Object.values(message.data).reduce((sum: number, form) => sum + (typeof form === 'string' ? form.length : 0), 0);
}
