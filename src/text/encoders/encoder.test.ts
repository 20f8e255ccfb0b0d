import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cosineSimilarity, splitByPretraining } from './encoder.js';
import { halfMatrixOf, halfValue } from './half-precision.js';
import { loadWordLlama } from './word-llama.js';

describe('splitByPretraining', () => {
  it('counts the encoder’s own day as known', () => {
    // The last but one is 03:30 of the 13th in UTC, the last 23:30 of the 12th.
    const dates = [
      '2024-07-11',
      '2024-07-12T23:59:00Z',
      '2024-07-13',
      '2023-01-01',
      '2025-01-01T00:00',
      '2024-07-12T23:30:00-04:00',
      '2024-07-13T01:30:00+02:00',
    ];
    const { before, after } = splitByPretraining(dates, { pretrainedUntil: '2024-07-12' });
    expect([[...before], [...after]]).toEqual([
      [0, 1, 3, 6],
      [2, 4, 5],
    ]);
  });

  it('refuses what is no day', () => {
    expect(() => splitByPretraining(['2024-02-30'], { pretrainedUntil: '2024-07-12' })).toThrow(
      "splitByPretraining: date 0 must be a day as 2024-07-12, got '2024-02-30'",
    );
    expect(() => splitByPretraining(['2024-07-12garbage'], { pretrainedUntil: '2024-07-12' })).toThrow(
      "splitByPretraining: date 0: '2024-07-12garbage' is no time",
    );
    expect(() => splitByPretraining([], { pretrainedUntil: '2024' })).toThrow("pretrainedUntil must be a day as 2024-07-12, got '2024'");
  });
});

describe('cosineSimilarity', () => {
  it('is the cosine of the angle, and 0 with a row of zeros', () => {
    const a = { data: Float32Array.of(1, 0, 3, 4, 0, 0), shape: [3, 2] };
    expect([...cosineSimilarity(a).data]).toEqual([1, 0.6, 0, 0.6, 1, 0, 0, 0, 0]);
    expect([...cosineSimilarity(a, { data: Float32Array.of(-2, 0), shape: [1, 2] }).data]).toEqual([-1, -0.6, 0]);
  });

  it('refuses other widths', () => {
    const row = { data: Float32Array.of(1, 2), shape: [1, 2] };
    expect(() => cosineSimilarity({ data: Float32Array.of(1, 2, 3), shape: [2, 2] })).toThrow(
      'cosineSimilarity: a is declared [2,2] but holds 3 values',
    );
    expect(() => cosineSimilarity(row, { data: Float32Array.of(1), shape: [1, 1] })).toThrow('of one width: got a [1,2], b [1,1]');
  });
});

describe('16-bit floats', () => {
  // The limits of binary16 in IEEE 754-2008, table 3.5.
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x8000, -0],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
    [0x3555, 0.333251953125],
  ])('0x%s is %d', (bits, value) => {
    expect(halfValue(bits)).toBe(value);
  });

  const file = (header: object, bytes: number) => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(bytes, 1)]));
  };
  it('are read out of a file by their name', () => {
    const { bits, shape } = halfMatrixOf(file({ w: { dtype: 'F16', shape: [1, 2], data_offsets: [0, 4] } }, 4), 'w');
    expect([[...bits], shape]).toEqual([
      [0x0101, 0x0101],
      [1, 2],
    ]);
  });

  it.each([
    [
      'of another type',
      { w: { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] } },
      "'w' must be a matrix of 16-bit floats, got F32 [1,1] of 4 bytes",
    ],
    ['of another name', {}, "'w' must be a matrix of 16-bit floats, got none [] of 0 bytes"],
    ['cut short', { w: { dtype: 'F16', shape: [2, 2], data_offsets: [0, 8] } }, 'got F16 [2,2] of 8 bytes'],
  ])('are refused %s', (_, header, message) => {
    expect(() => halfMatrixOf(file(header, 4), 'w')).toThrow(message);
  });
});

it('loadWordLlama says how to get a package that is not there, or was changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-word-llama-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const wheel = join(folder, 'wheel.bin');
  expect(() => loadWordLlama('https://example.com/wheel.whl')).toThrow('loadWordLlama takes the path of a file, got the address https://');
  expect(() => loadWordLlama(wheel)).toThrow(`${wheel} is not there (ENOENT); fetch it with: lemmata data fetch wordllama/l2-supercat`);
  writeFileSync(wheel, 'another');
  expect(() => loadWordLlama(wheel)).toThrow(
    /was changed: sha256 [0-9a-f]{12}… instead of 42c2c88907ac…; fetch it with: lemmata data fetch/,
  );
});
