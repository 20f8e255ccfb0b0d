import { byTime, type NewsItem } from './news-item.js';
import { publicationTime, type TimeOptions } from './times.js';

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
  readonly line: number;
  readonly of: Readonly<Record<string, unknown>>;
}

/**
 * News out of CSV (with a header, as RFC 4180), a JSON array of objects, or JSON by lines: which it is, the first character says. They come in the order of their times in UTC.
 *
 *     readNews(readFileSync('headlines.csv', 'utf8'), { source: 'headlines.csv', timeZone: 'America/New_York', columns: { published: 'Date' } })
 *
 * A time without a day's hour is refused: a headline of 16:05 belongs to tomorrow's trading. Several assets of a cell are separated by spaces, commas, semicolons or bars.
 *
 * @param text  of the file
 * @throws      with the line: where there is no title or time, the time is no time or in the future, a row has another number of cells, or the JSON is damaged
 */
export function readNews(text: string, options: NewsOptions): NewsItem[] {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  const records =
    start[0] === '[' ? ofArray(start, options.source) : start[0] === '{' ? ofLines(text, options.source) : ofCsv(text, options.source);
  const called = (field: Field) => options.columns?.[field] ?? field;
  const first = records[0]?.of ?? {};
  for (const field of ['published', 'title'] as const)
    if (records.length > 0 && !(called(field) in first))
      throw new Error(
        `${options.source}: no column '${called(field)}' among ${Object.keys(first).join(', ')}; say which by columns: { ${field}: '…' }`,
      );
  return byTime(
    records.map(({ line, of }) => {
      const where = `${options.source}:${line}`;
      const [published, title, body, source, link, assets] = FIELDS.map((field) => of[called(field)]);
      if (typeof title !== 'string' || !title.trim()) throw new Error(`${where}: no title; a headline is what this reads`);
      const listed = Array.isArray(assets) ? assets.map(String) : String(assets ?? '').split(/[\s,;|]+/);
      const about = listed.filter(Boolean);
      return {
        published: publicationTime(where, String(published ?? ''), options),
        title: title.trim(),
        ...(body ? { text: String(body).trim() } : {}),
        source: source ? String(source) : options.source,
        ...(link ? { link: String(link) } : {}),
        ...(about.length > 0 && { assets: about }),
      };
    }),
  );
}

function ofArray(text: string, source: string): Recorded[] {
  const rows = parsed(text, source, 1) as unknown[];
  return rows.map((of, i) => ({ line: i + 1, of: checked(of, `${source}: item ${i + 1}`) }));
}

function ofLines(text: string, source: string): Recorded[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries();
  return [...lines]
    .filter(([, line]) => line.trim())
    .map(([i, line]) => ({ line: i + 1, of: checked(parsed(line, source, i + 1), `${source}:${i + 1}`) }));
}

function parsed(text: string, source: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${source}:${line}: no JSON: ${(error as Error).message}; was the file cut short?`, { cause: error });
  }
}

function checked(of: unknown, where: string): Record<string, unknown> {
  if (typeof of !== 'object' || of === null || Array.isArray(of))
    throw new Error(`${where}: an object with published and title was wanted, got ${JSON.stringify(of)}`);
  return of as Record<string, unknown>;
}

function ofCsv(text: string, source: string): Recorded[] {
  const [header, ...rows] = csvRows(text, source);
  if (!header) return [];
  const names = header.cells.map((cell) => cell.trim());
  return rows.map(({ line, cells }) => {
    if (cells.length !== names.length)
      throw new Error(`${source}:${line}: ${cells.length} cells where the header has ${names.length}; a title with a comma needs quotes`);
    return { line, of: Object.fromEntries(names.map((name, i) => [name, cells[i]])) };
  });
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
