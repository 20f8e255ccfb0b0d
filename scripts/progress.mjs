// node scripts/progress.mjs: the log, an entry in blog/progress for each day that is over, and in build/progress what may be shared of it.
// An entry that a person has edited is left as it is.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { quotable } from './blog/numbers.mjs';
import { daysOf, entryOf, isEdited } from './blog/progress.mjs';
import { sharesOf } from './blog/shares.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const days = [...daysOf(root)];
const { num } = quotable(root);
// The last day may go on, and the entry's own commit would be of it: it is written up once another day has begun.
for (const [i, [date, commits]] of days.slice(0, -1).entries()) {
  const file = join(root, 'blog/progress', `${date}.md`);
  const before = i > 0 ? days[i - 1][1].at(-1)?.id : undefined;
  const edited = existsSync(file) && isEdited(readFileSync(file, 'utf8'));
  mkdirSync(join(root, 'blog/progress'), { recursive: true });
  if (!edited) writeFileSync(file, entryOf(root, commits, before));

  const out = join(root, 'build/progress', date);
  const shares = sharesOf(readFileSync(file, 'utf8'), num);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'linkedin.txt'), shares.linkedin);
  writeFileSync(join(out, 'x.txt'), shares.x);
  const picture = shares.chart && join(root, 'results', `${shares.chart.replace(/\.([^.]+)$/, '/$1')}.svg`);
  if (picture && existsSync(picture)) copyFileSync(picture, join(out, 'picture.svg'));
  console.log(`${date}: ${edited ? 'edited by hand, kept' : `${commits.length} changes`}`);
}
