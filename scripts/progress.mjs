// npm run progress: the log, an entry in blog/progress for each day that is over, and in build/progress/<date> what may be shared of it:
// linkedin.txt, x.txt and picture.png, 1200 by 630.
// An entry that a person has edited is left as it is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canDrawCards, dayPicture } from './blog/cards.mjs';
import { quotable } from './blog/numbers.mjs';
import { daysOf, entryOf, isEdited } from './blog/progress.mjs';
import { sharesOf } from './blog/shares.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const days = [...daysOf(root)];
const { num } = quotable(root);
const drawn = canDrawCards();
if (!drawn)
  console.error('progress: no pictures, for rsvg-convert is not installed: sudo apt install librsvg2-bin, or brew install librsvg');
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
  const chart = picture && existsSync(picture) ? readFileSync(picture, 'utf8') : undefined;
  if (drawn) writeFileSync(join(out, 'picture.png'), dayPicture(shares.title, shares.about, chart));
  console.log(`${date}: ${edited ? 'edited by hand, kept' : `${commits.length} changes`}`);
}
