import { join } from 'node:path';
import { run } from '../bootstrap/command.mjs';
import { at, digest, OWN, read, write } from '../bootstrap/files.mjs';

const STAMP = join(OWN, 'proved');

/** Once for these packages and this Python: week 1 in its quick profile, through the kernel, on the real data. */
export async function prove() {
  const state = digest({ files: ['package-lock.json', 'requirements.txt'] });
  if (read(STAMP) === state) return;
  const args = [at('scripts', 'notebooks.mjs'), 'week01', '--profile', 'quick'];
  const output = await run('a first run of week 1, to prove that everything works', process.execPath, args);
  console.log(output.trim().replace(/^/gm, '    '));
  write(STAMP, state);
}
