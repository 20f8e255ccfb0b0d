/** How the search's index is made, and how the page reads it. */
export const OPTIONS: {
  fields: string[];
  storeFields: string[];
  tokenize: (text: string) => string[];
  processTerm: (word: string) => string | null;
};
/** Pages that have all words, best first, and after them, where they are few, those that have some. */
export function find<R extends { id: unknown; title?: unknown; score?: number }>(
  index: { search(words: string, options: object): R[] },
  words: string,
): R[];
