import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './client.js';

it('passes every check of jupyter_kernel_test', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'lemmata-conformance-'));
  try {
    spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'kernel', 'install', '--prefix', prefix]);
    const { stderr, status } = spawnSync(join(ROOT, '.venv/bin/python'), [join(ROOT, 'tests/kernel/test_kernel.py'), '-v'], {
      env: { ...process.env, KERNEL: 'lemmata', JUPYTER_PATH: join(prefix, 'share/jupyter') },
      encoding: 'utf8',
    });
    const outcomes = [...stderr.matchAll(/^(test_\w+) .*\.\.\. (\w+)/gm)].map(([, name, outcome]) => [name, outcome]);
    expect(outcomes.filter(([, outcome]) => outcome !== 'ok')).toEqual([]);
    expect(outcomes).toHaveLength(13);
    expect(status).toBe(0);
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
}, 90_000);
