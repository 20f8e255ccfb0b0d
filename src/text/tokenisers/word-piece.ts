/** How BERT reads a text before it cuts words. */
export interface BertReading {
  /** Control characters go, every white space is one space. */
  readonly clean: boolean;
  /** Each Chinese character is a word of its own. */
  readonly splitChinese: boolean;
  /** Marks over and under letters go. */
  readonly stripAccents: boolean;
  readonly lowerCase: boolean;
}

/** The words of a text as BERT takes them: by white space, each punctuation mark alone. Devlin et al. 2019. */
export function bertWords(text: string, { clean, splitChinese, stripAccents, lowerCase }: BertReading): string[] {
  let read = text;
  if (clean)
    read = read
      .replace(/[\t\n\r]/g, ' ')
      .replace(/[\uFFFD\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
      .replace(/\p{White_Space}/gu, ' ');
  if (splitChinese) read = read.replace(CHINESE, ' $& ');
  if (stripAccents) read = read.normalize('NFD').replace(/\p{Mn}/gu, '');
  // Letter by letter: of a whole word, JavaScript would write a final sigma.
  if (lowerCase) read = Array.from(read, (letter) => letter.toLowerCase()).join('');
  return read.split(/\p{White_Space}+/u).flatMap((run) => run.match(/[\p{P}$+<=>^`|~]|[^\p{P}$+<=>^`|~]+/gu) ?? []);
}

const CHINESE =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

/** What WordPiece knows. */
export interface WordPieces {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** The token of a word that no pieces spell. */
  readonly unknown: number;
  /** Before a piece that does not begin its word: `##`. */
  readonly prefix: string;
  /** Characters of a word beyond which it is unknown. */
  readonly longest: number;
}

/**
 * WordPiece: of each word the longest piece that begins it, then of the rest.
 *
 * @returns ids of a word
 *
 * Wu et al. 2016, as BERT has it: a word whose rest no piece begins is unknown as a whole.
 */
export function wordPieceEncoder({ vocabulary, unknown, prefix, longest }: WordPieces): (word: string) => number[] {
  return (word) => {
    const letters = [...word];
    if (letters.length > longest) return [unknown];
    const ids: number[] = [];
    for (let from = 0; from < letters.length; ) {
      let to = letters.length;
      let id: number | undefined;
      for (; to > from; to--) {
        id = vocabulary.get((from > 0 ? prefix : '') + letters.slice(from, to).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknown];
      ids.push(id);
      from = to;
    }
    return ids;
  };
}
