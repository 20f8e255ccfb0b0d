import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moves, resultsAt } from '../results/diff.mjs';
import { typedNumbers } from '../results/typed.mjs';

/** A commit: when, what it says, which files it touched and how many lines of text it added to each. @typedef {{ id: string, date: string, subject: string, files: [string, number][] }} Commit */

const ROOMS = /^src\/([a-z]+)\//;
const WEEK = /(?:^|\/)(week\d\d)\b/;
const FOLDERS = [
  ['blog/|scripts/blog/|tests/site/', 'the website'],
  ['proofs/|summaries/|paper/|slides/|scripts/latex/', 'papers and proofs'],
  ['tests/|scripts/|bench/', 'tests and scripts'],
];
/** Files of a commit beyond which it moves more than it says. */
const MANY = 40;
/** What is made, and says nothing of how much was written. */
const MADE = /^results\/|\.(?:ipynb|json|svg|lock)$/;

/**
 * The commits of each day, oldest day first. Merges and the log itself are left out.
 *
 * @param {string} root  where the repository is
 * @returns {Map<string, Commit[]>}
 */
export function daysOf(root) {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['log', '--reverse', '--no-merges', '--no-renames', '--numstat', '--date=format:%Y-%m-%d', '--format=%x00%H%x01%ad%x01%s'],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`progress: git says: ${stderr.trim().split('\n')[0]}; the log is made of a repository's history`);
  /** @type {Map<string, Commit[]>} */
  const days = new Map();
  for (const record of stdout.split('\0').slice(1)) {
    const [head, ...rows] = record.split('\n');
    const [id, date, subject] = head.split('\x01');
    const files = rows.filter(Boolean).map((row) => {
      const [added, , file] = row.split('\t');
      return /** @type {[string, number]} */ ([file, MADE.test(file) ? 0 : Number(added) || 0]);
    });
    if (/^wip\b/i.test(subject) || (files.length > 0 && files.every(([file]) => file.startsWith('blog/progress/')))) continue;
    days.set(date, [...(days.get(date) ?? []), { id, date, subject, files }]);
  }
  return days;
}

/** What most files of a commit belong to: `week03`, `lemmata/nn` or a word. @param {Commit} commit */
export function areaOf({ files, subject }) {
  const counts = count(files.map(([file]) => fileArea(file)));
  const said = /\bweek (\d{1,2})\b/i.exec(subject)?.[1];
  return said ? `week${said.padStart(2, '0')}` : (counts[0]?.[0] ?? 'the rest');
}

/** @param {string} file */
const fileArea = (file) =>
  WEEK.exec(file)?.[1] ??
  (ROOMS.test(file) ? `lemmata/${ROOMS.exec(file)?.[1]}` : FOLDERS.find(([folders]) => new RegExp(`^(?:${folders})`).test(file))?.[1]) ??
  'the rest';

/** Weeks first, which say most; some of them and some of the rest. @param {[string, number][]} areas */
const named = (areas) => [
  ...areas.filter(([area]) => WEEK.test(area)).slice(0, 5),
  ...areas.filter(([area]) => !WEEK.test(area)).slice(0, 4),
];

/** How often each is there, most often first, then by name. @param {string[]} names @returns {[string, number][]} */
function count(names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/**
 * The entry of a day as Markdown, with its digest in the head: what was worked on, the largest change of each, what the results did, and a chart of the week
 * that had most.
 *
 * @param {string} root
 * @param {Commit[]} commits  of the day, at least one
 * @param {string | undefined} before  the last commit of the day before
 */
export function entryOf(root, commits, before) {
  const { date, id } = commits[commits.length - 1];
  const areas = named(count(commits.map(areaOf)));
  const largest = areas.flatMap(([area, n]) => {
    const subject = subjectOf(commits.filter((commit) => areaOf(commit) === area));
    return subject ? [`- **${areaName(root, area)}** (${n}): ${escaped(subject)}.`] : [];
  });
  const moved = moves(before ? resultsAt(root, before) : {}, resultsAt(root, id));
  const [came, went] = [moved.filter((move) => !move.before).length, moved.filter((move) => !move.after).length];
  const names = areas.slice(0, 3).map(([area]) => areaName(root, area));
  const picture = pictureOf(root, areas);
  const body = [
    `${commits.length} ${commits.length === 1 ? 'change' : 'changes'} went in. By what they belong to, with the largest of each:`,
    largest.join('\n'),
    ...(moved.length > 0 ? [`Of the saved numbers ${came} came, ${moved.length - came - went} moved and ${went} went.`] : []),
    ...(picture ? [`{% chart '${picture.key}', ${JSON.stringify(picture.title)} %}`] : []),
  ].join('\n\n');
  const day = new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const about = `Worked on ${names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}` : names[0]}.`;
  const rest = `title: ${day}\ndescription: ${JSON.stringify(about)}\ndate: ${date}\n`;
  return `---\n${rest}digest: ${digestOf(rest, body)}\n---\n${body}\n`;
}

/** Whether a person has changed an entry since it was made. @param {string} text */
export function isEdited(text) {
  const [, head, digest, body] = /^---\n([\s\S]*?)digest: ([0-9a-f]+)\n---\n([\s\S]*)\n$/.exec(text) ?? [];
  return digest === undefined || digestOf(head, body) !== digest;
}

/** @param {string} head @param {string} body */
const digestOf = (head, body) => createHash('sha256').update(`${head}\0${body}`).digest('hex').slice(0, 16);

/** What the commit with most written lines says, of those that type no number with a unit; one that moves many files is none. @param {Commit[]} commits */
function subjectOf(commits) {
  const lines = (/** @type {Commit} */ { files }) =>
    files.length > MANY ? -files.length : files.reduce((sum, [, added]) => sum + added, 0);
  const sayable = commits.filter(({ subject }) => typedNumbers('blog/progress/day.md', subject).length === 0);
  return sayable.sort((a, b) => lines(b) - lines(a))[0]?.subject;
}

/** A week by its number and topic, all else as it is. @param {string} root @param {string} area */
function areaName(root, area) {
  const [file] = WEEK.test(area) ? globSync(`notebooks/${area}-*.ipynb`, { cwd: root }).sort() : [];
  if (!file) return WEEK.test(area) ? `week ${Number(area.slice(4))}` : area;
  const topic = /# Week \d+ · (.+)/.exec(JSON.parse(readFileSync(join(root, file), 'utf8')).cells[0].source.toString())?.[1] ?? '';
  return `week ${Number(area.slice(4))}${topic ? ` (${topic.split(/\\n|,|\n/)[0].trim()})` : ''}`;
}

/** The first chart of the week that had most commits. @param {string} root @param {[string, number][]} areas */
function pictureOf(root, areas) {
  for (const [area] of areas) {
    const file = join(root, 'results', `${area}.json`);
    if (!WEEK.test(area) || !existsSync(file)) continue;
    const [figure] = Object.entries(JSON.parse(readFileSync(file, 'utf8')).figures ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (figure) return { key: `${area}.${figure[0]}`, title: figure[1].title.split(' · ')[0] };
  }
  return undefined;
}

/** Text that Markdown and Nunjucks leave alone. @param {string} text */
const escaped = (text) => text.replace(/[{}<>$*_`[\]\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);
