import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { bindings } = await import(join(ROOT, 'scripts/latex/bindings.mjs'));

interface Entry {
  readonly functions: readonly string[];
  readonly killed: number;
  readonly of: number;
  readonly survivors: readonly { readonly line: number; readonly original: string; readonly replacement: string; readonly why: string }[];
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const found: Record<string, Entry> = JSON.parse(read('results/mutants.json'));
const places: string[] = readdirSync(join(ROOT, 'proofs'))
  .filter((name) => name.endsWith('.tex'))
  .flatMap((name) => bindings(read(`proofs/${name}`), name).implementations.map(({ value }: { value: string }) => value));
const bound = [...new Set(places.map((place) => place.split('#')[0]))].sort();
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('results/mutants.json (npm run mutants)', () => {
  it('has every function that a theorem names, and no other file', () => {
    const tested = Object.entries(found).flatMap(([file, { functions }]) => functions.map((name) => `${file}#${name}`));
    const missing = [...new Set(places)].filter((place) => !tested.includes(place));
    expect(missing, 'run npm run mutants -- <file>').toEqual([]);
    expect(Object.keys(found)).toEqual(bound);
  });

  it('has at least 95 % of the mutants killed that change a result', () => {
    const total = (of: (entry: Entry) => number) => Object.values(found).reduce((sum, entry) => sum + of(entry), 0);
    const same = ({ survivors }: Entry) => survivors.filter(({ why }) => why.startsWith('equivalent: ')).length;
    expect(total(({ killed }) => killed) / total((entry) => entry.of - same(entry))).toBeGreaterThanOrEqual(0.95);
  });

  it.each(Object.entries(found))('%s: each survivor is still there, and has its reason', (file, { killed, of, survivors }) => {
    expect(killed + survivors.length).toBe(of);
    const source = flat(read(file));
    for (const { line, original, replacement, why } of survivors) {
      expect(why, `${file}:${line}: ${original} → ${replacement} lived; kill it with a test, or write its why`).not.toBe('');
      expect(source.includes(original), `${file}:${line}: ${original} is no longer there; run npm run mutants -- ${file}`).toBe(true);
    }
  });
});
