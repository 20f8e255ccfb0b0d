import { checkOptions } from '../../base/internal.js';
import { byTime, type NewsItem } from './news-item.js';
import { plainText } from './plain-text.js';
import { checkNow, publicationTime, type TimeOptions } from './times.js';

/** Where news of a file are, and their times. */
export interface NewsOptions extends TimeOptions {
  /** The name of the file, for messages and for items that name no source. */
  readonly source: string;
  /** Columns by what they hold, where they are not called so: `{ published: 'Date', title: 'Headline' }`. */
  readonly columns?: Readonly<Partial<Record<Field, string>>>;
}

type Field = 'published' | 'title' | 'text' | 'source' | 'link' | 'assets';
const FIELDS: readonly Field[] = ['published', 'title', 'text', 'source', 'link', 'assets'];

interface Recorded {
  /** The line of the file, or the item of its array. */
  readonly where: string;
  readonly of: Readonly<Record<string, unknown>>;
}

/**
 * News out of CSV (with a header, as RFC 4180), a JSON array of objects, or JSON by lines: which it is, the first character says. They come in the order of their times in UTC.
 *
 *     readNews(readFileSync('headlines.csv', 'utf8'), { source: 'headlines.csv', timeZone: 'America/New_York', columns: { published: 'Date' } })
 *
 * A time without a day's hour is refused: a headline of 16:05 belongs to tomorrow's trading. Several assets of a cell are separated by spaces, commas, semicolons or bars.
 *
 * Titles and texts lose their HTML.
 *
 * @param text  of the file, not its path
 * @throws      with the line, or the item of an array: where there is no title or time, the time is no time or in the future, a row has another number of cells, or the JSON is damaged; for a text without
 *              the columns of news, an option that does not exist, or a `now` that is no number
 */
export function readNews(text: string, options: NewsOptions): NewsItem[] {
  checkOptions('readNews', options, ['source', 'columns', 'timeZone', 'now']);
  checkOptions('readNews columns', options?.columns, FIELDS);
  if (typeof options?.source !== 'string') throw new Error("readNews: source, the file's name, is missing; give { source: 'news.csv' }");
  checkNow('readNews', options);
  if (typeof text !== 'string')
    throw new Error(`readNews takes the text of a file, got ${text === null ? 'null' : typeof text}; readFileSync(file, 'utf8') reads one`);
  const start = text.replace(/^\uFEFF/, '').trimStart();
  const [records, names] =
    start[0] === '[' ? ofArray(start, options.source) : start[0] === '{' ? ofLines(text, options.source) : ofCsv(text, options.source);
  const called = (field: Field) => options.columns?.[field] ?? field;
  for (const field of ['published', 'title'] as const)
    if (names && !names.includes(called(field))) throw new Error(withoutColumn(text, field, called(field), names, options.source));
  return byTime(
    records.map(({ where, of }) => {
      const [published, title, body, source, link, assets] = FIELDS.map((field) => of[called(field)]);
      const headline = typeof title === 'string' ? plainText(title) : '';
      if (!headline) throw new Error(`${where}: no title; a headline is what this reads`);
      const listed = Array.isArray(assets) ? assets.map(String) : String(assets ?? '').split(/[\s,;|]+/);
      const about = listed.filter(Boolean);
      const content = body ? plainText(String(body)) : '';
      return {
        published: publicationTime(where, String(published ?? ''), options),
        title: headline,
        ...(content && { text: content }),
        source: source ? String(source) : options.source,
        ...(link ? { link: String(link) } : {}),
        ...(about.length > 0 && { assets: about }),
      };
    }),
  );
}

/** What is read, and the names of the first record or of the header; none of an empty file. */
type Records = readonly [records: readonly Recorded[], names: readonly string[] | undefined];

/** What to say of a text without a column that is needed, such as a path in place of what it leads to. */
function withoutColumn(text: string, field: Field, name: string, names: readonly string[], source: string): string {
  const line = text.trim();
  const page = /^<(?:!doctype|html|\?xml)/i.test(line);
  if (page || (!/^[[{\uFEFF]/.test(line) && !line.includes('\n')))
    return `${source}: '${line.slice(0, 60).split('\n')[0]}' ${page ? 'begins a page' : 'looks like a path, an address or a header of other columns'}, not news; readNews takes the text of a file, as readFileSync(file, 'utf8') reads it, with columns '${name}' and others, and readFeed that of a feed`;
  return `${source}: no column '${name}' among ${names.join(', ')}; say which by columns: { ${field}: '…' }`;
}

const withNames = (records: readonly Recorded[]): Records => [records, records.length > 0 ? Object.keys(records[0].of) : undefined];

function ofArray(text: string, source: string): Records {
  const rows = parsed(text, source) as unknown[];
  return withNames(
    rows.map((of, i) => {
      const where = `${source}: item ${i + 1}`;
      return { where, of: checked(of, where) };
    }),
  );
}

function ofLines(text: string, source: string): Records {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries();
  return withNames(
    [...lines]
      .filter(([, line]) => line.trim())
      .map(([i, line]) => {
        const where = `${source}:${i + 1}`;
        return { where, of: checked(parsed(line, where), where) };
      }),
  );
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: no JSON: ${(error as Error).message}; was the file cut short?`, { cause: error });
  }
}

function checked(of: unknown, where: string): Record<string, unknown> {
  if (typeof of !== 'object' || of === null || Array.isArray(of))
    throw new Error(`${where}: an object with published and title was wanted, got ${JSON.stringify(of)}`);
  return of as Record<string, unknown>;
}

function ofCsv(text: string, source: string): Records {
  const [header, ...rows] = csvRows(text, source);
  if (!header) return [[], undefined];
  const names = header.cells.map((cell) => cell.trim());
  const records = rows.map(({ line, cells }) => {
    if (cells.length !== names.length)
      throw new Error(`${source}:${line}: ${cells.length} cells where the header has ${names.length}; a title with a comma needs quotes`);
    return { where: `${source}:${line}`, of: Object.fromEntries(names.map((name, i) => [name, cells[i]])) };
  });
  return [records, names];
}

/** RFC 4180: cells in quotes may hold commas, quotes twice, and ends of lines. */
function csvRows(text: string, source: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, cells] = [1, [] as string[]];
  let begin = 1;
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const whole = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < whole.length; ) {
    cell.lastIndex = at;
    const found = cell.exec(whole);
    if (!found)
      throw new Error(`${source}:${line}: a quote stands where none may, or does not end; a quote inside quotes is written twice`);
    const [all, quoted, bare, end] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? bare);
    at += all.length;
    line += all.split('\n').length - 1;
    if (end === ',' && at < whole.length) continue;
    if (end === ',') cells.push('');
    if (cells.length > 1 || cells[0].trim()) rows.push({ line: begin, cells });
    [cells, begin] = [[], line];
  }
  return rows;
}
