import type { ToServer } from '../protocol.js';

let post: ((message: ToServer) => void) | undefined;

/** Connects this thread's cells to the kernel's server; outside the kernel nothing is connected. */
export function connect(to: (message: ToServer) => void): void {
  post = to;
}

export const send = (message: ToServer): void => post?.(message);
