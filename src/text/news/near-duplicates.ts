import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { wordsOf } from '../tokenisers/vocabulary.js';
import { byTime, type NewsItem } from './news-item.js';

/** What counts as the same text. */
export interface DuplicateOptions {
  /** Words of a shingle; 3 when left out. */
  readonly words?: number;
  /** The least resemblance, from above 0 to 1; 0.6 when left out. */
  readonly threshold?: number;
}

/** Runs of w words of a text, each once; the whole of a text that has fewer. */
export function shinglesOf(text: string, w: number): Set<string> {
  const words = wordsOf(text.replaceAll('’', "'")).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length < w) return new Set(words.length > 0 ? [words.join(' ')] : []);
  return new Set(Array.from({ length: words.length - w + 1 }, (_, i) => words.slice(i, i + w).join(' ')));
}

/**
 * How much two texts resemble each other, word for word.
 *
 *     r = |S(a) ∩ S(b)| / |S(a) ∪ S(b)|        S(x): the runs of w words of x, in lower case, without punctuation
 *
 * @param w  words of a shingle
 * @returns  from 0 to 1; 1 of two texts without a word
 * @throws   when w is no whole number from 1 up
 *
 * Broder et al. 1997, section 2.
 */
export function resemblance(a: string, b: string, w = 3): number {
  checkWhole('resemblance', 'w', w);
  const [left, right] = [shinglesOf(a, w), shinglesOf(b, w)];
  const shared = [...left].filter((shingle) => right.has(shingle)).length;
  return left.size + right.size === 0 ? 1 : shared / (left.size + right.size - shared);
}

/**
 * Groups of texts that say the same in nearly the same words: each text is put to the first group whose first text it resembles enough.
 *
 * @param texts  in the order in which they came
 * @returns      for each text the place of the first of its group, its own where it is new
 * @throws       for an option that does not exist or does not fit
 *
 * Exact: only texts that share a shingle are compared. And only with the first of each group: a text that resembles another of a group, but not its
 * first, is new.
 */
export function nearDuplicates(texts: readonly string[], options: DuplicateOptions = {}): Int32Array {
  checkOptions('nearDuplicates', options, ['words', 'threshold']);
  return firstAlike(texts, options, () => true);
}

function firstAlike(
  texts: readonly string[],
  { words = 3, threshold = 0.6 }: DuplicateOptions,
  comparable: (earlier: number, later: number) => boolean,
): Int32Array {
  checkWhole('nearDuplicates', 'words', words);
  checkNumber('nearDuplicates', 'threshold', threshold, { above: 0, to: 1 });
  const firsts = new Map<string, number[]>();
  const sizes: number[] = [];
  return Int32Array.from(texts, (text, i) => {
    const shingles = shinglesOf(text, words);
    sizes.push(shingles.size);
    const shared = new Map<number, number>();
    for (const shingle of shingles) for (const j of firsts.get(shingle) ?? []) shared.set(j, (shared.get(j) ?? 0) + 1);
    const like = [...shared].filter(([j, n]) => comparable(j, i) && n / (shingles.size + sizes[j] - n) >= threshold).map(([j]) => j);
    if (like.length > 0) return Math.min(...like);
    for (const shingle of shingles) {
      const known = firsts.get(shingle);
      if (known) known.push(i);
      else firsts.set(shingle, [i]);
    }
    return i;
  });
}

/** What counts as the same piece of news. */
export interface NewsDuplicateOptions extends DuplicateOptions {
  /** Days beyond which the same words are news again; 3 when left out. */
  readonly days?: number;
}

/**
 * News of which each is told once, by the first that told it, in the order of their times.
 *
 * @param options  on titles
 * @throws         for an option that does not exist or does not fit
 */
export function withoutDuplicates(items: readonly NewsItem[], options: NewsDuplicateOptions = {}): NewsItem[] {
  checkOptions('withoutDuplicates', options, ['words', 'threshold', 'days']);
  const { days = 3, ...rest } = options;
  checkNumber('withoutDuplicates', 'days', days, { from: 0 });
  const ordered = byTime(items);
  const times = ordered.map(({ published }) => Date.parse(published));
  const titles = ordered.map(({ title }) => title);
  const first = firstAlike(titles, rest, (i, j) => times[j] - times[i] <= days * 86_400_000);
  return ordered.filter((_, i) => first[i] === i);
}
