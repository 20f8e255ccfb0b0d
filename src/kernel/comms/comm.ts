import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { ToRuntime } from '../protocol.js';
import { currentCell } from '../runtime/cell-context.js';
import { send } from '../runtime/link.js';

type Json = Record<string, unknown>;

/** A line of messages between a cell and a part of the page, such as a widget. */
export interface Comm {
  /** The name that both sides know it by. */
  readonly id: string;
  /** The part of the page that it belongs to. */
  readonly target: string;
  /** Sends JSON to the page. */
  send(data: Json): void;
  /** Ends it, on both sides. */
  close(): void;
  /** What is done with messages of the page; they come while no cell holds the thread. */
  onMessage: (data: Json) => void;
  /** What is done when the page ends it. */
  onClose: () => void;
}

const open = new Map<string, { comm: Comm; inContext: <T>(run: () => T) => T }>();
const targets = new Map<string, (comm: Comm, data: Json) => void>();

/**
 * Opens a comm to the page, where a widget or an extension listens for its target.
 *
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export function openComm(target: string, data: Json = {}, metadata: Json = {}): Comm {
  const comm = register(randomUUID(), target);
  post('open', comm, data, metadata);
  return comm;
}

/** Lets the page open comms to this target. */
export function onComm(target: string, opened: (comm: Comm, data: Json) => void): void {
  const inContext = AsyncLocalStorage.snapshot();
  targets.set(target, (comm, data) => inContext(() => opened(comm, data)));
}

/** A message of the page reaches the cell that opened the comm, and is part of it; `renew` lets a cell go on that an interrupt had reached. */
export function hearComm({ event, id, target, data }: Extract<ToRuntime, { type: 'comm' }>, renew: () => void): void {
  if (event === 'open') {
    const opened = targets.get(target);
    if (opened) opened(register(id, target), data);
    else send({ type: 'comm', cell: '', event: 'close', id, target, data: {}, metadata: {} });
    return;
  }
  const known = open.get(id);
  if (!known) return;
  if (event === 'close') open.delete(id);
  known.inContext(() => {
    renew();
    if (event === 'close') known.comm.onClose();
    else known.comm.onMessage(data);
  });
}

function register(id: string, target: string): Comm {
  const comm: Comm = {
    id,
    target,
    send: (data) => post('msg', comm, data),
    close() {
      open.delete(id);
      post('close', comm, {});
    },
    onMessage: () => {},
    onClose: () => {},
  };
  open.set(id, { comm, inContext: AsyncLocalStorage.snapshot() });
  return comm;
}

function post(event: 'open' | 'msg' | 'close', { id, target }: Comm, data: Json, metadata: Json = {}): void {
  // What is no JSON fails here, in the cell that sends it.
  send({ type: 'comm', cell: currentCell()?.id ?? '', event, id, target, data: JSON.parse(JSON.stringify(data)), metadata });
}
