import { showShape } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Tokeniser } from './tokeniser.js';

/** What to do with what is not in the vocabulary. */
export interface VocabularyOptions {
  /** A token for all that is unknown, as `<unk>`; without it the unknown is an error. */
  readonly unknown?: string;
}

/**
 * A tokeniser of characters: each code point of the sample is a token, in the order of their code points.
 *
 *     const letters = characterTokeniser('to be or not to be');
 *     letters.encode('bet')        // [1, 2, 6]
 *
 * @param sample  text that has every character that will be needed
 * @throws        when the sample is empty; `encode` throws at a character that it did not have, unless `unknown` stands for it
 */
export function characterTokeniser(sample: string, { unknown }: VocabularyOptions = {}): Tokeniser {
  const tokens = [...new Set(sample)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  return ofPieces('characterTokeniser', tokens, { unknown, pieces: (text) => [...text], join: '' });
}

/** Which words are tokens. */
export interface WordOptions extends VocabularyOptions {
  /** The most frequent words that are kept; all when left out. Those beyond need `unknown`. */
  readonly limit?: number;
}

/**
 * A tokeniser of words: runs of letters, digits and the marks inside a number or a name, and single signs, in lower case.
 *
 *     wordTokeniser(['Apple rises 2.5 %.']).encode('apple rises')
 *
 * @param sample  texts that have every word that will be needed
 * @throws        when there is no word, or the limit is no whole number from 1 up; `encode` throws at a word that the sample did not have, unless `unknown` stands for it
 *
 * Words are sorted by how often they occur, ties by their letters, so that a smaller `limit` keeps the ids.
 */
export function wordTokeniser(sample: readonly string[], options: WordOptions = {}): Tokeniser {
  checkOptions('wordTokeniser', options, ['unknown', 'limit']);
  const { unknown, limit = Infinity } = options;
  if (limit !== Infinity) checkWhole('wordTokeniser', 'limit', limit);
  if (typeof sample === 'string') throw new Error('wordTokeniser takes texts, got one text; give [text]');
  const counts = new Map<string, number>();
  for (const word of sample.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const tokens = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([word]) => word);
  return ofPieces('wordTokeniser', tokens.slice(0, limit), { unknown, pieces: wordsOf, join: ' ' });
}

/** Words in lower case: `u.s.`, `2.5`, `s&p`, `%`. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+(?:[.,'’&-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];

function ofPieces(
  who: string,
  tokens: readonly string[],
  { unknown, pieces, join }: { unknown?: string; pieces: (text: string) => string[]; join: string },
): Tokeniser {
  if (tokens.length === 0) throw new Error(`${who}: the sample has no token; give the text that the model will read`);
  const all = unknown === undefined ? tokens : [unknown, ...tokens.filter((token) => token !== unknown)];
  const ids = new Map(all.map((token, id) => [token, id]));
  return {
    size: all.length,
    around: { before: [], behind: [] },
    encode: (text) =>
      pieces(text).map((piece, at) => {
        const id = ids.get(piece) ?? (unknown === undefined ? undefined : 0);
        if (id === undefined)
          throw new Error(
            `${who}: '${piece}', piece ${at}, is none of the ${tokens.length} of the sample; make the tokeniser of more text, or give it unknown: '<unk>'`,
          );
        return id;
      }),
    decode: (given) => given.map((id) => tokenAt(who, all, id)).join(join),
    idOf: (token) => ids.get(token),
  };
}

/** @throws when there is no such id */
export function tokenAt(who: string, tokens: readonly string[], id: number): string {
  const token = tokens[id];
  if (token === undefined)
    throw new Error(`${who}: ${id} is no id of the vocabulary ${showShape({ shape: [tokens.length] })}; ids are 0 to ${tokens.length - 1}`);
  return token;
}
