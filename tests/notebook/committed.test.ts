import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { notebooks, resultOf, staleness } from '../support/notebooks.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Cell {
  id: string;
  cell_type: string;
  source: string[];
  metadata: { tags?: string[] };
  outputs?: { output_type: string; name?: string; data?: Record<string, unknown> }[];
}

describe.each(notebooks)('%s', (file) => {
  const { cells, metadata } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
    cells: Cell[];
    metadata: { lemmata: { provenance: Record<string, string>; quick: object } };
  };
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const code = cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source.join(''));

  it('has the outputs of a full run, its results saved by that run, and less than a megabyte', () => {
    expect(metadata.lemmata.provenance.profile).toBe('full');
    const result = JSON.parse(readFileSync(join(ROOT, 'results', `${resultOf(file)}.json`), 'utf8'));
    expect(result).toMatchObject({ profile: 'full', code: metadata.lemmata.provenance.stamp });
    expect(statSync(join(ROOT, file)).size).toBeLessThan(1e6);
  });

  it('follows from the cells, the library, the data and the proofs as they are', { timeout: 300_000 }, () => {
    expect(staleness(file)).toBe('');
  });

  it('shows no error, no warning, no script and no raw object', () => {
    for (const { output_type, name, data } of outputs) {
      expect(output_type).not.toBe('error');
      expect(name).not.toBe('stderr');
      if (data)
        expect(
          Object.keys(data).some((mime) => /markdown|html|latex|vegalite/.test(mime)) || /^[\w .:,·]+$/.test(String(data['text/plain'])),
        ).toBe(true);
      expect(JSON.stringify(data ?? {})).not.toMatch(/<script|javascript:|\son\w+=/i);
    }
  });

  it('names each cell once, for a run finds the outputs of a cell by its name', () => {
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
  });

  it('gives each display a text form, for readers without a front end', () => {
    for (const { data } of outputs) if (data) expect([data['text/plain']].flat().join('')).not.toBe('');
  });

  it('has one cell of parameters, quick ones for tests, and no code that asks whether it is tested', () => {
    expect(cells.filter((cell) => cell.metadata.tags?.includes('parameters'))).toHaveLength(1);
    expect(Object.keys(metadata.lemmata.quick).length).toBeGreaterThan(0);
    expect(code.join('\n')).not.toMatch(/process\.env|\bTEST\b/);
  });

  it('never sees the vault, 2017 to 2022, while it selects', () => {
    const loads = code.join('\n').match(/load(?:Panel|Frame|Bars)\([^)]*\)/g) ?? [];
    if (!code.join('\n').includes("'lemmata/market'")) return expect(loads).toEqual([]); // without prices there is nothing to keep off
    expect(code.find((cell) => cell.includes('const parameters'))).toContain("to: '2016-12-31'");
    expect(loads.length).toBeGreaterThan(0);
    for (const load of loads) expect(load).toMatch(/\bto\b/);
  });
});
