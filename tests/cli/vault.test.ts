import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/program.js';

const folder = mkdtempSync(join(tmpdir(), 'vault-'));
const config = join(folder, 'frozen.json');
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('opens the vault from a shell once for a configuration, and shows what for', async () => {
  vi.stubEnv('LEMMATA_RESULTS', folder);
  const output = (stream: 'stdout' | 'stderr') => vi.spyOn(process[stream], 'write').mockReturnValue(true);
  const [out, errors] = [output('stdout'), output('stderr')];
  const open = (width: number) => {
    writeFileSync(config, JSON.stringify({ width }));
    return runCommand(['vault', 'open', 'week11', '--config', config, '--reason', 'the fusion is final']);
  };
  expect(await open(8)).toBe(0);
  expect(out).toHaveBeenLastCalledWith(expect.stringContaining('2017-01-01 to 2022-12-31 may be seen for week11'));
  expect(await open(16)).toBe(1);
  expect(errors).toHaveBeenLastCalledWith(expect.stringContaining('a choice after a look is selection'));
  for (const [text, fault] of [
    ['{bad', 'JSON'],
    [undefined, 'no such file'],
  ]) {
    if (text) writeFileSync(config, text);
    else rmSync(config);
    expect(await runCommand(['vault', 'open', 'week12', '--config', config, '--reason', 'the fusion is final'])).toBe(1);
    expect(errors.mock.lastCall![0]).toMatch(new RegExp(`--config .*frozen.json cannot be read as JSON \\(.*${fault}`));
  }
  expect(await runCommand(['vault', 'list'])).toBe(0);
  expect(out).toHaveBeenLastCalledWith(expect.stringMatching(/^week11 {2}\d{4}-\d\d-\d\d {2}the fusion is final\n$/));
});
