import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDuckDB } from '../../src/market/store/parquet.js';
import { runChild } from '../support/child.js';

const folder = mkdtempSync(join(tmpdir(), 'lemmata-stream-'));
const file = join(folder, 'large.parquet');
const ROWS = 6_000_000;
beforeAll(async () => {
  const columns = Array.from({ length: 8 }, (_, j) => `random() AS c${j}`);
  await withDuckDB((connection) => connection.run(`COPY (SELECT ${columns.join(', ')} FROM range(${ROWS})) TO '${file}' (FORMAT parquet)`));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('trains an epoch on a Parquet file several times larger than the memory that it takes', () => {
  const megabytes = statSync(file).size / 2 ** 20;
  const { rows, mean, growth } = runChild('stream.ts', {}, file);
  console.log(`${rows} rows, ${megabytes.toFixed(0)} MB on disk: the process grew by ${growth.toFixed(0)} MB`);
  expect(rows).toBe(ROWS);
  expect(Math.abs(mean - 0.5)).toBeLessThan(6 * Math.sqrt(1 / 12 / ROWS)); // uniform on [0, 1), each row once
  expect(growth).toBeLessThan(megabytes / 3);
});
