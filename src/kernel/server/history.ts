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
    const matches = this.#entries.filter(({ input }) => glob(pattern ?? '*', input));
    return lastOf(unique ? latestOfEach(matches) : matches, n);
  }
}

const lastOf = (entries: Entry[], n: number | null | undefined) => (n == null ? entries : entries.slice(Math.max(0, entries.length - n)));
const latestOfEach = (entries: Entry[]) => [...new Map(entries.map((entry) => [entry.input, entry])).values()];

/**
 * Whether a text is of a shell-style pattern, as in IPython: `*` is any text and `?` any one character. Going back to the last star
 * is enough, so the time is at most the product of both lengths; a regular expression may need far more.
 */
export function glob(pattern: string, text: string): boolean {
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') [star, resume, p] = [p, t, p + 1];
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, t, resume] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
