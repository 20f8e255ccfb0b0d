import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/house.js';
import { isLesson, notebooks, resultOf } from '../support/notebooks.js';

// `npm test` runs a lesson only where an input changed; here its quick profile is run whatever its stamp says.
describe.each(notebooks.filter(isLesson))('%s', (file) => {
  it('runs in its quick profile', { timeout: 400_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'notebooks.mjs'), resultOf(file), '--profile', 'quick'], {
      encoding: 'utf8',
    });
    expect(stderr.trim()).toBe('');
    expect(status).toBe(0);
  });
});
