import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fold, key, uniform } from '../../src/base/index.js';
import { paperBroker } from '../../src/desk/index.js';

const DESK = new URL('../../dist/desk/index.js', import.meta.url).href;

/**
 * Sends a stream of bars, orders and cancellations from its beginning, whatever has been done before, and says what came of it: orders with
 * levels of all kinds, bars that jump, a share of the volume, and limits that are met now and then. It is text, to be run in a process of its own.
 */
const streamOf = (file: string, calls: number) => `
  const { writeSync } = await import('node:fs');
  const { paperBroker } = await import(${JSON.stringify(DESK)});
  const file = ${JSON.stringify(file)};
  const broker = await paperBroker(file, {
    capital: 1e6, tick: 0.01, lot: 1, commission: 0.0005, participation: 0.2, clock: () => '2016-01-04T12:00:00Z',
    limits: { gross: 3, position: 2000, loss: 60_000 },
  });
  let lines = broker.entries().length;
  let seed = 1;
  const u = () => (seed = (seed * 48271) % 2147483647) / 2147483647; // Park and Miller's generator
  const cents = (x) => Math.round(100 * x) / 100;
  const assets = ['A', 'B', 'C'];
  const home = { A: 100, B: 50, C: 20 };
  const price = { ...home };
  for (let i = 0; i < ${calls}; i++) {
    const asset = assets[Math.floor(3 * u())];
    const [x, y, z, w] = [u(), u(), u(), u()];
    if (i % 4 === 0) {
      const bars = {};
      for (const name of assets) {
        const open = cents(price[name] * (0.99 + 0.02 * u()));
        const close = cents(open * (0.97 + 0.06 * u()));
        bars[name] = { open, close, high: cents(Math.max(open, close) * (1 + 0.01 * u())), low: cents(Math.min(open, close) * (1 - 0.01 * u())), volume: Math.floor(2000 * u()) };
        price[name] = cents(close * (home[name] / close) ** 0.02); // which keeps it in reach of its home
      }
      broker.onBar(new Date(Date.UTC(1990, 0, 1 + i / 4)).toISOString().slice(0, 10), bars);
      if (broker.stopped()) broker.release('the stream goes on');
    } else if (i % 11 === 0) {
      const id = 'o' + (i - 1 - (i % 4 === 1 ? 1 : 0));
      if (broker.order(id)) broker.cancel(id);
    } else {
      const side = x < 0.5 ? -1 : 1;
      const at = (part) => cents(price[asset] * (1 + part));
      const kind = [{}, { limit: at(-0.01 * side) }, { stop: at(0.01 * side) }, { trail: cents(0.02 * price[asset]) }][Math.floor(4 * y)];
      const exits = z < 0.5 ? { exits: { stop: at(-0.04 * side), target: at(0.05 * side) } } : {};
      broker.submit({ id: 'o' + i, asset, shares: side * (1 + Math.floor(400 * w)), ...kind, ...exits });
    }
    for (; lines < broker.entries().length; lines++) writeSync(1, '.');
  }
  broker.close();
  writeSync(1, 'done');`;

/** The orders, positions, cash and equity of a journal. */
async function stateOf(file: string) {
  const broker = await paperBroker(file);
  const state = {
    orders: broker.orders(),
    positions: broker.positions(),
    cash: broker.cash(),
    equity: broker.equity(),
    date: broker.date(),
  };
  broker.close();
  return state;
}

/** Runs the stream once; kills it when it has written so many lines more, when told. Returns whether it came to its end. */
async function send(file: string, calls: number, lines = Infinity): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', streamOf(file, calls)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
    if (said.length >= lines) child.kill('SIGKILL'); // which finds it some calls further
  });
  await new Promise((resolve) => child.once('close', resolve));
  return said.endsWith('done');
}

/** What a stream comes to in a process that lives, and in processes that are killed so many times while they send it. */
export async function underKills(kills: number, calls: number, seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-kills-'));
  try {
    const [whole, broken] = ['whole.jsonl', 'broken.jsonl'].map((name) => join(folder, name));
    await send(whole, calls);
    let killed = 0;
    for (const after of uniform(fold(key(seed), 1), [kills], 'float64').data)
      if (!(await send(broken, calls, 1 + Math.floor(60 * after)))) killed++;
    const isDone = await send(broken, calls);
    return { killed, isDone, unbroken: await stateOf(whole), state: await stateOf(broken) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
