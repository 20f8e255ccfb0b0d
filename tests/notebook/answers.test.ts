import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

interface Cell {
  source: string[];
  metadata: { tags?: string[] };
  outputs?: { output_type: string; data?: Record<string, string | string[]> }[];
}

describe.each(globSync('notebooks/*.ipynb', { cwd: ROOT }).map((file) => basename(file, '.ipynb')))('%s', (name) => {
  it('runs in its quick profile, and every answer runs and shows something', { timeout: 400_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), name, '--profile', 'quick'], {
      encoding: 'utf8',
    });
    expect(stderr.trim()).toBe('');
    expect(status).toBe(0);
    const executed = join(ROOT, 'build', 'notebooks', 'quick', name, `${name}.ipynb`);
    const { cells } = JSON.parse(readFileSync(executed, 'utf8')) as { cells: Cell[] };
    const answers = cells.filter(({ metadata }) => metadata.tags?.includes('answer'));
    expect(answers.length).toBeGreaterThan(0);
    for (const { source, outputs = [] } of answers) {
      const text = outputs.flatMap(({ data }) => [data?.['text/plain'] ?? []].flat()).join('');
      expect(text, source[0]).toMatch(/\S/);
      expect(text, source[0]).not.toMatch(/NaN|undefined|\[object/);
    }
  });
});
