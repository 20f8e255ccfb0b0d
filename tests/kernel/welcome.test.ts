import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Subscriber } from 'zeromq';
import { Sockets } from '../../src/kernel/server/sockets.js';
import { Wire } from '../../src/kernel/server/wire.js';
import { freePorts } from './client.js';

const KEY = 'key';
const wire = new Wire(KEY);
const sockets = new Sockets(KEY);
let address: string;
let talking = true;

beforeAll(async () => {
  const [shell_port, control_port, iopub_port, stdin_port, hb_port] = await freePorts(5);
  address = `tcp://127.0.0.1:${iopub_port}`;
  await sockets.bind({ transport: 'tcp', ip: '127.0.0.1', key: KEY, shell_port, control_port, iopub_port, stdin_port, hb_port });
  await sockets.greet();
  talk();
});
afterAll(() => {
  talking = false;
  return sockets.close();
});

/** A kernel that is never silent: some status is under way whenever a subscriber comes. */
function talk(): void {
  if (!talking) return;
  for (let i = 0; i < 20; i++) sockets.publish('status', { execution_state: 'busy' });
  setImmediate(talk);
}

async function heardFirst(...topics: string[]): Promise<{ type: string; subscription: string }> {
  const subscriber = new Subscriber({ receiveTimeout: 10_000 });
  subscriber.subscribe(...topics);
  subscriber.connect(address);
  const { header, content } = wire.decode(await subscriber.receive());
  subscriber.close();
  return { type: header.msg_type, subscription: content.subscription };
}

it('is the first that a subscriber hears, whatever is being published', async () => {
  for (let i = 0; i < 50; i++) expect(await heardFirst()).toEqual({ type: 'iopub_welcome', subscription: '' });
});

it('names the topic', async () => {
  expect(await heardFirst('iopub_welcome')).toEqual({ type: 'iopub_welcome', subscription: 'iopub_welcome' });
});

it('is the first of many who come at once', async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => heardFirst()));
  expect(all).toEqual(Array(30).fill({ type: 'iopub_welcome', subscription: '' }));
});

it('comes also while something waits to be sent', async () => {
  await turn(); // from here the event loop looks for events first, and lets what waits be sent after
  for (let i = 0; i < 600; i++) sockets.publish('status', { execution_state: 'busy' }); // zeromq.js lets one in 512 wait
  for (let i = 0; i < 5000; i++) await undefined;
  const first = heardFirst();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50); // meanwhile ZeroMQ's own thread connects the two
  expect(await first).toEqual({ type: 'iopub_welcome', subscription: '' });
});

it('reaches all who come while others leave', async () => {
  const subscribers = new Worker(new URL('./subscribers.mjs', import.meta.url), { workerData: { address, seconds: 4 } });
  const [heard] = await once(subscribers, 'message');
  expect(heard.first).toEqual(['iopub_welcome']);
  expect(heard.times).toBeGreaterThan(20);
});
