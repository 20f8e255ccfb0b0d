import { expect, it } from 'vitest';
import { type Entry, Journal } from './journal.js';

const taken = (id: string): Entry => ({ type: 'taken', request: { header: { msg_id: id }, identities: [] } });
const line = (entry: Entry) => `${JSON.stringify(entry)}\n`;

it('tells what a kernel had not answered, also when lines come in pieces or from a cell', () => {
  const journal = new Journal(4);
  const text = [taken('a'), taken('b'), { type: 'runs', id: 'a', count: 5 } as const].map(line).join('');
  journal.read(text.slice(0, 20));
  journal.read(`${text.slice(20)}no entry\n{"type":\n`);
  expect(journal.remains('r')).toEqual({
    pending: [taken('a'), taken('b')].map((entry) => entry.type === 'taken' && entry.request),
    running: 'a',
    count: 5,
    reason: 'r',
  });
  journal.read(line({ type: 'answered', id: 'a' }));
  expect(journal.remains('r')).toMatchObject({ pending: [{ header: { msg_id: 'b' } }], running: undefined, count: 5 });
});

it('knows of a kernel that ran nothing that nothing was lost', () => {
  const journal = new Journal(4);
  journal.read(line(taken('a')));
  expect([journal.hasRun, journal.remains('r').count]).toEqual([false, 4]);
});
