import type { Json } from './wire.js';

interface Entry {
  line: number;
  input: string;
  output: string;
}

/** What the cells of this session were, for `history_request`. A kernel has one session: number 1. */
export class History {
  readonly #entries: Entry[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: '' });
  }

  setOutput(line: number, text: string): void {
    const entry = this.#entries.findLast((candidate) => candidate.line === line);
    if (entry) entry.output = text;
  }

  answer(request: Json): Json {
    return {
      status: 'ok',
      history: this.#select(request).map(({ line, input, output }) => [1, line, request.output ? [input, output] : input]),
    };
  }

  #select({ hist_access_type, n, start, stop, pattern, unique }: Json): Entry[] {
    if (hist_access_type === 'range') return this.#entries.filter(({ line }) => line >= (start ?? 1) && (stop == null || line < stop));
    if (hist_access_type === 'tail') return lastOf(this.#entries, n);
    const matches = this.#entries.filter(({ input }) => glob(pattern ?? '*').test(input));
    return lastOf(unique ? latestOfEach(matches) : matches, n);
  }
}

const lastOf = (entries: Entry[], n: number | null | undefined) => (n == null ? entries : entries.slice(Math.max(0, entries.length - n)));
const latestOfEach = (entries: Entry[]) => [...new Map(entries.map((entry) => [entry.input, entry])).values()];

/** Shell-style patterns, as in IPython: `*` is any text and `?` any one character. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
