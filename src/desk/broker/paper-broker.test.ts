import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fold, key, normal, uniform } from '../../base/index.js';
import { frameOf } from '../../market/index.js';
import { type BracketOrder, backtestOrders, proportional } from '../../trade/index.js';
import { type BrokerBar, type PaperBrokerConfig, paperBroker } from './paper-broker.js';

const fileIn = (name = 'paper.jsonl') => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-broker-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, name);
};
const open = async (config: PaperBrokerConfig = {}, file = fileIn()) => {
  const broker = await paperBroker(file, { capital: 100_000, tick: 0.01, lot: 1, clock: () => '2016-03-01T12:00:00Z', ...config });
  onTestFinished(() => broker.close());
  return broker;
};
const bar = (open: number, high: number, low: number, close: number, volume?: number): BrokerBar => ({
  ...{ open, high, low, close },
  ...(volume !== undefined && { volume }),
});
const FLAT = bar(100, 100, 100, 100);

describe('a fill', () => {
  const cases: [what: string, order: { shares: number; limit?: number; stop?: number; trail?: number }, bar: BrokerBar, price: number][] = [
    ['a market order at the open', { shares: 10 }, bar(101, 106, 94, 103), 101],
    ['a limit to buy at the limit', { shares: 10, limit: 98 }, bar(101, 106, 94, 103), 98],
    ['a limit to buy that the open is below, at the open', { shares: 10, limit: 98 }, bar(96, 106, 94, 103), 96],
    ['a limit to buy that is not reached, not', { shares: 10, limit: 93 }, bar(101, 106, 94, 103), Number.NaN],
    ['a limit to sell at the limit', { shares: -10, limit: 105 }, bar(101, 106, 94, 103), 105],
    ['a stop to buy at the stop', { shares: 10, stop: 105 }, bar(101, 106, 94, 103), 105],
    ['a stop to buy that the open is above, at the open', { shares: 10, stop: 105 }, bar(107, 108, 94, 103), 107],
    ['a stop to sell that the open is below, at the open', { shares: -10, stop: 95 }, bar(93, 106, 92, 103), 93],
    ['of a limit and a stop that are both reached, the stop', { shares: -10, limit: 105, stop: 95 }, bar(101, 106, 94, 103), 95],
    ['a trail of 5 to sell, 5 below the close at which it came', { shares: -10, trail: 5 }, bar(101, 106, 94, 103), 95],
  ];
  it.each(cases)('is for %s', async (_, order, next, price) => {
    const broker = await open();
    broker.onBar('2016-03-01', { A: FLAT });
    broker.submit({ id: 'a', asset: 'A', ...order });
    broker.onBar('2016-03-02', { A: next });
    expect(broker.order('a')).toMatchObject(
      Number.isNaN(price) ? { status: 'new', filled: 0 } : { status: 'filled', filled: order.shares },
    );
    expect(broker.order('a')!.price).toEqual(price);
  });

  it('of an exit on its entry’s bar is at the stop alone where the entry was within the bar', async () => {
    const broker = await open();
    broker.onBar('2016-03-01', { A: FLAT, B: FLAT });
    for (const asset of ['A', 'B'])
      broker.submit({ id: asset, asset, shares: 10, limit: 98, exits: { stop: asset === 'A' ? 95 : 90, target: 105 } });
    broker.onBar('2016-03-02', { A: bar(101, 106, 94, 103), B: bar(101, 106, 94, 103) });
    expect(broker.order('A/exit-1')).toMatchObject({ status: 'filled', price: 95 });
    expect(broker.order('B/exit-1')).toMatchObject({ status: 'new' }); // 106 may have come before 98
    broker.onBar('2016-03-03', { B: bar(103, 106, 102, 103) });
    expect(broker.order('B/exit-1')).toMatchObject({ status: 'filled', price: 105 });
    expect(broker.cash()).toBe(100_000 + 10 * (95 - 98) + 10 * (105 - 98));
  });

  it('takes its share of the volume, and the rest on later bars; each part has its exit', async () => {
    const broker = await open({ participation: 0.1, commission: 0.001 });
    broker.onBar('2016-03-01', { A: bar(100, 100, 100, 100, 0) });
    broker.submit({ id: 'a', asset: 'A', shares: 100, exits: { stop: 90 } });
    broker.onBar('2016-03-02', { A: bar(100, 101, 99, 100, 605) });
    expect(broker.order('a')).toMatchObject({ status: 'partial', filled: 60, price: 100 });
    broker.onBar('2016-03-03', { A: bar(102, 103, 99, 100, 605) });
    expect(broker.order('a')).toMatchObject({ status: 'filled', filled: 100, price: 100.8 });
    broker.onBar('2016-03-04', { A: bar(89, 90, 80, 85, 605) });
    expect([broker.order('a/exit-1'), broker.order('a/exit-2')]).toMatchObject([
      { status: 'filled', filled: -60, price: 89 },
      { status: 'new', filled: 0 }, // the volume is used up
    ]);
    broker.onBar('2016-03-07', { A: bar(84, 90, 80, 85, 605) });
    expect([...broker.positions()]).toEqual([]);
    const traded = 60 * 100 + 40 * 102 + 60 * 89 + 40 * 84;
    expect(broker.cash()).toBeCloseTo(100_000 - 60 * 100 - 40 * 102 + 60 * 89 + 40 * 84 - 0.001 * traded, 9);
  });

  it('of an exit ends what waits of its entry, and comes before it', async () => {
    const broker = await open({ participation: 0.2 });
    broker.onBar('2016-03-01', { A: bar(100, 100, 100, 100, 100) });
    broker.submit({ id: 'a', asset: 'A', shares: 100, exits: { stop: 95 } });
    broker.onBar('2016-03-02', { A: bar(100, 100, 100, 100, 100) });
    broker.onBar('2016-03-03', { A: bar(90, 90, 90, 90, 100) });
    expect([broker.order('a'), broker.order('a/exit-1')]).toMatchObject([
      { status: 'cancelled', filled: 20, reason: 'its exit a/exit-1 was reached' },
      { status: 'filled', filled: -20, price: 90 },
    ]);
    expect([...broker.positions()]).toEqual([]);
  });

  it('is charged to the cent, and of a price that the tick can tell', async () => {
    const coarse = await open({ tick: 0.25, lot: 1, commission: 0.00005, limits: { gross: 3 } });
    coarse.onBar('2016-03-01', { ES: bar(2000, 2000, 2000, 2000) });
    coarse.submit({ id: 'a', asset: 'ES', shares: 1 });
    coarse.onBar('2016-03-02', { ES: bar(2000.25, 2001, 2000, 2001) });
    expect(coarse.cash()).toBeCloseTo(100_000 - 2000.25 - 0.1, 9);
    const lots = await open({ tick: 5, lot: 100, commission: 0.001, participation: 0.1 });
    lots.onBar('2016-03-01', { N: bar(100, 100, 100, 100, 0) });
    lots.submit({ id: 'a', asset: 'N', shares: 300 });
    lots.onBar('2016-03-02', { N: bar(105, 110, 100, 110, 2990) });
    expect([lots.order('a')!.filled, lots.cash()]).toEqual([200, 100_000 - 21_000 - 21]);
    const fine = await open();
    expect(() => fine.onBar('2016-03-01', { A: bar(0.004, 0.006, 0.004, 0.006) })).toThrow(
      "the bar of A on 2016-03-01 has the price 0.004, which the account's tick of 0.01 changes by more than 0.1 %; open one with a smaller tick",
    );
    await expect(open({ tick: 0.3 })).rejects.toThrow('tick is 0.3; a step must go into 1 a whole number of times');
  });

  it('ends an exit that has nothing left to leave, an order past its date, and waits for an asset without a bar', async () => {
    const broker = await open();
    broker.onBar('2016-03-01', { A: FLAT, B: FLAT });
    broker.submit({ id: 'a', asset: 'A', shares: 10, exits: { stop: 90 } });
    broker.submit({ id: 'b', asset: 'B', shares: 10, until: '2016-03-04' });
    broker.submit({ id: 'c', asset: 'B', shares: 10, limit: 50, until: '2016-03-03' });
    broker.onBar('2016-03-02', { A: FLAT });
    broker.submit({ id: 'd', asset: 'A', shares: -10 });
    broker.onBar('2016-03-03', { A: FLAT });
    expect(broker.order('a/exit-1')).toMatchObject({ status: 'cancelled', reason: 'nothing of A is left to leave' });
    broker.onBar('2016-03-04', { A: FLAT, B: FLAT });
    expect([broker.order('b')!.status, broker.order('c')!.status]).toEqual(['filled', 'expired']);
  });
});

describe('an account', () => {
  it('is worth what backtestOrders says, at every close, for random orders with stops, targets and trails', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { frame, orders, dates } = drawn(seed);
      const costs = proportional(0.001);
      const expected = backtestOrders({ orders, prices: frame, capital: 1e6, tick: 0.01, lot: 1, costs, limits: { gross: 100 } });
      const broker = await open({ capital: 1e6, commission: 0.001, limits: { gross: 100 } });
      const equity: number[] = [];
      for (const [t, date] of dates.entries()) {
        const bars = Object.fromEntries(
          frame.assets.map((asset, n) => {
            const [o, h, l, c] = ['open', 'high', 'low', 'close'].map((field) => frame.fields[field][t * frame.assets.length + n]);
            return [asset, bar(o, h, l, c)];
          }),
        );
        broker.onBar(date, bars);
        equity.push(broker.equity());
        for (const [i, { date: day, stop, target, trail, ...order }] of orders.entries())
          if (day === date) {
            const exits = {
              ...(stop !== undefined && { stop }),
              ...(target !== undefined && { target }),
              ...(trail !== undefined && { trail }),
            };
            const placed = broker.submit({ id: `o${i}`, ...order, ...(Object.keys(exits).length > 0 && { exits }) });
            expect(placed).toMatchObject({ status: 'new' });
          }
      }
      const from = dates.indexOf(expected.dates[0]);
      expect(equity.slice(from)).toEqual(Array.from(expected.equity));
      expect(expected.trades.filter(({ reason }) => reason !== 'open').length).toBeGreaterThan(3);
    }
  });

  it('refuses orders beyond its limits, with the reason, and takes the same order once', async () => {
    const limits = { position: 300, concentration: 0.25, gross: 0.5, rate: 6 };
    const broker = await open({ limits });
    const send = (id: string, asset: string, shares: number) => broker.submit({ id, asset, shares }).reason;
    expect(send('early', 'A', 1)).toMatch('no price of A is known yet');
    broker.onBar('2016-03-01', { A: FLAT, B: FLAT, C: bar(10, 10, 10, 10) });
    expect(send('a', 'A', 200)).toBeUndefined();
    expect(broker.submit({ id: 'a', asset: 'A', shares: 200 }).status).toBe('new');
    expect(() => send('a', 'A', 201)).toThrow(`order 'a': another order has this id`);
    expect(send('b', 'A', 60)).toBe('with it A may come to 26 % of equity, and limits.concentration is 25 %');
    expect(send('c', 'C', 301)).toBe('with it C may come to 301 shares, and limits.position is 300');
    expect(send('d', 'B', -250)).toBeUndefined();
    expect(send('e', 'C', 600 / 2)).toBeUndefined(); // 20 + 25 + 3 %
    expect(send('f', 'C', -301)).toMatch('301 shares');
    expect(send('g', 'B', 1)).toBeUndefined(); // long or short, B is at most 25 %
    expect(send('h', 'A', 30)).toBe('with it all positions may come to 51 % of equity, and limits.gross is 50 %');
    expect([send('i', 'C', -1), send('j', 'C', -1)]).toEqual([undefined, undefined]);
    expect(send('k', 'C', -1)).toBe('6 orders came in the last 60 s, and limits.rate is 6');
    broker.onBar('2016-03-02', { A: FLAT });
    expect(send('l', 'B', 1)).toBe(
      'the last price of B is of 2016-03-01, and the last bar of 2016-03-02: no order goes out on an old price',
    );
  });

  it('stops at a day’s loss: entries are cancelled, exits stay, and only what reduces is accepted until it is released', async () => {
    const broker = await open({ limits: { loss: 999 } });
    broker.onBar('2016-03-01', { A: FLAT });
    broker.submit({ id: 'a', asset: 'A', shares: 100, exits: { stop: 80 } });
    broker.onBar('2016-03-02', { A: FLAT });
    broker.submit({ id: 'b', asset: 'A', shares: 1, limit: 50 });
    broker.onBar('2016-03-03', { A: bar(100, 100, 90, 90) });
    expect(broker.stopped()).toBe('2016-03-03 lost 1000, and limits.loss is 999');
    expect([broker.order('b')!.status, broker.order('a/exit-1')!.status]).toEqual(['cancelled', 'new']);
    expect(broker.submit({ id: 'c', asset: 'A', shares: -100 }).reason).toMatch(
      'the broker is stopped, and takes orders with reduce: true alone: 2016-03-03 lost 1000',
    );
    expect(broker.submit({ id: 'd', asset: 'A', shares: -50, reduce: true }).status).toBe('new');
    broker.release('looked at by the desk');
    expect(broker.submit({ id: 'e', asset: 'A', shares: 1 }).status).toBe('new');
  });

  it('lets an order against a position only take from it once it has stopped, and takes one that lowers the exposure whatever the limits', async () => {
    const broker = await open({ limits: { loss: 1000, gross: 0.15 } });
    broker.onBar('2016-03-01', { A: FLAT });
    broker.submit({ id: 'a', asset: 'A', shares: 100 });
    broker.onBar('2016-03-02', { A: FLAT });
    broker.submit({ id: 'b', asset: 'A', shares: -100, stop: 80 });
    broker.submit({ id: 'c', asset: 'A', shares: -60, limit: 120 });
    broker.onBar('2016-03-03', { A: bar(90, 90, 90, 90) });
    expect(broker.stopped()).toBe('2016-03-03 lost 1000, and limits.loss is 1000');
    broker.onBar('2016-03-04', { A: bar(79, 79, 79, 79) });
    expect([broker.order('b'), broker.order('c')]).toMatchObject([
      { filled: -100, price: 79 },
      { status: 'cancelled', filled: 0 },
    ]);
    broker.release('it was looked at');
    broker.submit({ id: 'd', asset: 'A', shares: -150 });
    broker.onBar('2016-03-07', { A: bar(79, 79, 79, 79) });
    broker.onBar('2016-03-08', { A: bar(105, 105, 105, 105) });
    broker.release('it was looked at');
    expect(broker.submit({ id: 'e', asset: 'A', shares: -1 }).reason).toMatch('limits.gross is 15 %');
    expect(broker.submit({ id: 'f', asset: 'A', shares: 50 }).status).toBe('new');
    expect(broker.submit({ id: 'g', asset: 'A', shares: 1e12 }).reason).toMatch('can not be counted to the cent');
  });

  it('counts a statement that it takes for true as no loss, and refuses one that it cannot hold', async () => {
    const broker = await open({ limits: { loss: 1000 } });
    broker.onBar('2016-03-01', { A: FLAT });
    broker.adopt({ cash: 95_000, positions: {} });
    broker.onBar('2016-03-02', { A: FLAT });
    expect([broker.stopped(), broker.equity()]).toEqual([undefined, 95_000]);
    expect(() => broker.adopt({ cash: 1, positions: { N: 5 } })).toThrow('adopt: no price of N is known yet');
    expect(() => broker.adopt({ cash: 1, positions: { A: 1.5 } })).toThrow('of A it has 1.5 shares, which are no whole lots of 1');
    expect(() => broker.reconcile({ cash: Number.NaN, positions: {} })).toThrow('reconcile: cash');
    expect(broker.reconcile({ cash: 95_000, positions: { A: 0.4 } })).toMatchObject([{ of: 'A', theirs: 0.4 }]);
  });

  it('stops where a statement differs, and takes it for true when told', async () => {
    const broker = await open();
    broker.onBar('2016-03-01', { A: FLAT, B: FLAT });
    broker.submit({ id: 'a', asset: 'A', shares: 10 });
    broker.onBar('2016-03-02', { A: FLAT, B: FLAT });
    expect(broker.reconcile({ cash: 99_000, positions: { A: 10 } })).toEqual([]);
    const statement = { cash: 98_490, positions: { A: 10, B: 5 } };
    expect(broker.reconcile(statement)).toMatchObject([
      { of: 'cash', ours: 99_000, theirs: 98_490 },
      { of: 'B', ours: 0, theirs: 5 },
    ]);
    expect(broker.stopped()).toBe('the statement differs: cash is 99000 here and 98490 there; B is 0 here and 5 there');
    broker.adopt(statement);
    expect(broker.reconcile(statement)).toEqual([]);
    expect(broker.equity()).toBe(98_490 + 1500);
  });

  it('says what is no order, bar or time, and does nothing', async () => {
    let now = '2016-03-01T12:00:00Z';
    const broker = await open({ clock: () => now });
    broker.onBar('2016-03-01', { A: FLAT });
    const order = { id: 'a', asset: 'A', shares: 1 };
    const faults: [object, string][] = [
      [{ ...order, id: 'a b' }, 'its id must be a text without blanks'],
      [{ ...order, shares: 0.5 }, 'its shares are 0.5; they must be a number other than 0 of lots of 1'],
      [{ ...order, shares: Number.NaN }, 'its shares are NaN'],
      [{ ...order, limit: 100.005 }, 'its limit is 100.005, which is no multiple of the tick 0.01'],
      [{ ...order, stop: 99, trail: 1 }, 'it has a stop and a trail'],
      [{ ...order, limit: 101, stop: 99 }, 'it buys at a limit of 101 and at a stop of 99; the stop must be above the limit'],
      [{ ...order, exits: { stop: 101, target: 99 } }, 'its exits have a stop of 101 and a target of 99'],
      [{ ...order, until: '2016-02-30' }, 'until is "2016-02-30"; it must be a date'],
      [{ ...order, shares: '5' }, 'its shares are "5"; they must be a number'],
      [{ ...order, price: 3 }, 'price'],
    ];
    for (const [fault, message] of faults) expect(() => broker.submit(fault as never)).toThrow(message);
    expect(() => broker.onBar('2016-03-02', { A: bar(100, 99, 98, 99) })).toThrow('the bar of A on 2016-03-02 is open 100, high 99');
    expect(() => broker.onBar('2016-03-01', { A: bar(101, 101, 101, 101) })).toThrow(
      'the bars of 2016-03-01 differ from those on which it was traded',
    );
    expect(() => broker.onBar('2016-02-29', { A: FLAT })).toThrow('the bars of 2016-02-29 come after those of 2016-03-01');
    expect(() => broker.onBar('2016-02-30', { A: FLAT })).toThrow('the date is "2016-02-30"');
    now = '2016-03-01T11:59:59Z';
    expect(() => broker.submit(order)).toThrow(
      'the clock says "2016-03-01T11:59:59Z", which is before the last call, of 2016-03-01T12:00:00.000Z',
    );
    expect([broker.orders().size, broker.date(), broker.entries().length]).toEqual([0, '2016-03-01', 2]);
  });
});

describe('a journal', () => {
  const traded = async (file: string) => {
    const broker = await open({}, file);
    broker.onBar('2016-03-01', { A: FLAT });
    broker.submit({ id: 'a', asset: 'A', shares: 10, exits: { trail: 5 } });
    broker.onBar('2016-03-02', { A: bar(100, 110, 99, 109) });
    const state = [broker.orders(), broker.positions(), broker.cash(), broker.equity()];
    broker.close();
    return state;
  };

  it('that ends at any byte goes on from its last whole line to the same state', async () => {
    const file = fileIn();
    const expected = await traded(file);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      expect(await traded(file)).toEqual(expected);
    }
    expect(existsSync(`${file}.torn`)).toBe(true);
  });

  it('goes on where its last line lacks only its end, by any name of the file, and takes an order of before for the same', async () => {
    const file = fileIn();
    const expected = await traded(file);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -1));
    symlinkSync(file, `${file}.link`);
    const broker = await open({}, `${file}.link`);
    expect([broker.orders(), existsSync(`${file}.torn`)]).toEqual([expected[0], false]);
    await expect(open({}, file)).rejects.toThrow('is open already');
    expect(broker.submit({ exits: { trail: 5, stop: undefined }, reduce: false, shares: 10, asset: 'A', id: 'a' }).status).toBe('filled');
    broker.close();
    expect(() => broker.stop('a reason')).toThrow('is closed; open it again');
  });

  it('with a changed line, or without one, is refused with its number', async () => {
    const file = fileIn();
    await traded(file);
    const lines = readFileSync(file, 'utf8');
    writeFileSync(file, lines.replace('"shares":10', '"shares":11'));
    await expect(open({}, file)).rejects.toThrow(`${file}, line 3 does not follow from the lines before it`);
    writeFileSync(file, lines.split('\n').toSpliced(1, 1).join('\n'));
    await expect(open({}, file)).rejects.toThrow('line 2 does not follow');
  });

  it('is of one process and of one account', async () => {
    const file = fileIn();
    const broker = await open({}, file);
    await expect(open({}, file)).rejects.toThrow(`the journal ${file} is open already, here or in another process`);
    broker.close();
    await expect(open({ capital: 5 }, file)).rejects.toThrow(`capital is 5, and the account in ${file} was opened with 100000`);
  });

  it('on a full disk refuses the call, keeps what it had, and goes on when there is room', async () => {
    const file = fileIn();
    const program = `
      const { paperBroker } = await import(${JSON.stringify(new URL('../../../dist/desk/index.js', import.meta.url).href)});
      const broker = await paperBroker(${JSON.stringify(file)}, { capital: 1e5, tick: 0.01, lot: 1, clock: () => '2016-03-01T12:00:00Z' });
      const bar = { open: 100, high: 100, low: 100, close: 100 };
      let sent = 0;
      try {
        broker.onBar('2016-03-01', { A: bar });
        for (; sent < 1000; sent++) broker.submit({ id: 'o' + sent, asset: 'A', shares: 1 });
      } catch (error) {
        console.log(JSON.stringify({ sent, orders: broker.orders().size, message: error.message }));
      }`;
    // A limit of 8 blocks on the size of a file stands for a full disk: the write fails half-way.
    const command = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
    const { stdout } = await promisify(execFile)('bash', ['-c', command, process.execPath, program]);
    const { sent, orders, message } = JSON.parse(stdout);
    expect(message).toMatch(/could not be written: .*; nothing of this call has happened: free some space, then send it again/);
    expect(orders).toBe(sent);
    const broker = await open({}, file);
    expect(broker.orders().size).toBe(sent);
    expect(broker.submit({ id: `o${sent}`, asset: 'A', shares: 1 }).status).toBe('new');
  });
});

/** Bars of three assets over 60 days, and 25 orders on them. */
function drawn(seed: number) {
  const [T, N] = [60, 3];
  const k = key(seed);
  const z = (i: number, length: number) => normal(fold(k, i), [length], 'float64').data;
  const u = (i: number, length: number) => uniform(fold(k, i), [length], 'float64').data;
  const cents = (x: number) => Math.round(100 * x) / 100;
  const [night, day, up, down] = [z(0, T * N), z(1, T * N), u(2, T * N), u(3, T * N)];
  const values = Object.fromEntries(['open', 'high', 'low', 'close'].map((name) => [name, new Float64Array(T * N)]));
  for (let n = 0; n < N; n++)
    for (let t = 0, last = 100; t < T; t++) {
      const i = t * N + n;
      const open = cents(last * Math.exp(0.01 * night[i]));
      last = cents(open * Math.exp(0.02 * day[i]));
      const [high, low] = [Math.max(open, last) * (1 + 0.02 * up[i]), Math.min(open, last) * (1 - 0.02 * down[i])].map(cents);
      for (const [name, price] of Object.entries({ open, high, low, close: last })) values[name][i] = price;
    }
  const dates = Array.from({ length: T }, (_, t) => new Date(Date.UTC(2016, 0, 4 + t)).toISOString().slice(0, 10));
  const assets = ['A', 'B', 'C'];
  const frame = frameOf(Object.entries(values).map(([field, values]) => ({ dates, assets, values, field, source: 'simulated' })));
  const [where, when, how] = [u(4, 25), u(5, 25), z(6, 125)];
  const orders = Array.from({ length: 25 }, (_, i): BracketOrder => {
    const [n, t] = [Math.floor(N * where[i]), Math.floor((T - 2) * when[i])];
    const side = n === 1 ? -1 : 1; // of an asset all are of one side, so that no exit of one takes another's shares
    const shares = side * (1 + Math.round(50 * Math.abs(how[5 * i])));
    const price = values.close[t * N + n];
    const away = (j: number) => cents(price * (0.01 + 0.03 * Math.abs(how[5 * i + j])));
    return {
      ...{ asset: assets[n], date: dates[t], shares },
      ...(i % 2 === 0 && { stop: cents(price - side * away(1)) }),
      ...(i % 3 === 0 && { target: cents(price + side * away(2)) }),
      ...(i % 4 === 1 && { trail: away(3) }),
    };
  });
  // The same order for both sides: by date, and as listed within one.
  return { frame, dates, orders: orders.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0)) };
}
