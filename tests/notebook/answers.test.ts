import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLesson, notebooks, resultOf, staleness } from '../support/notebooks.js';

const ROOT = join(import.meta.dirname, '..', '..');

interface Cell {
  source: string[];
  metadata: { tags?: string[] };
  outputs?: { output_type: string; data?: Record<string, string | string[]> }[];
}

const run = (...args: string[]) => spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), ...args], { encoding: 'utf8' });

/** Each answer of a notebook that was run shows something that reads as words and numbers. */
function expectAnswers(file: string): void {
  const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] };
  const answers = cells.filter(({ metadata }) => metadata.tags?.includes('answer'));
  expect(answers.length).toBeGreaterThan(0);
  for (const { source, outputs = [] } of answers) {
    const text = outputs.flatMap(({ data }) => [data?.['text/plain'] ?? []].flat()).join('');
    expect(text, source[0]).toMatch(/\S/);
    expect(text, source[0]).not.toMatch(/NaN|undefined|\[object/);
  }
}

function expectQuickRun(file: string): void {
  const { status, stderr } = run(resultOf(file), '--profile', 'quick');
  expect(stderr.trim()).toBe('');
  expect(status).toBe(0);
  const name = basename(file, '.ipynb');
  expectAnswers(join(ROOT, 'build', 'notebooks', 'quick', name, `${name}.ipynb`));
}

describe.each(notebooks.filter((file) => !isLesson(file)))('%s', (file) => {
  it('runs in its quick profile, and every answer runs and shows something', { timeout: 400_000 }, () => expectQuickRun(file));
});

// Thirty runs would take a quarter of an hour: a lesson whose stamp says that nothing has changed is read as it ran.
describe.each(notebooks.filter(isLesson))('%s', (file) => {
  it('shows something for every answer, run again in its quick profile where an input changed', { timeout: 400_000 }, () => {
    expectAnswers(join(ROOT, file));
    if (staleness(file)) expectQuickRun(file);
  });
});
