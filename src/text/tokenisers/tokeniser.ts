/** Text as whole numbers, and back. */
export interface Tokeniser {
  /** V: ids are 0 … V − 1. */
  readonly size: number;
  /** The ids of a text, without the marks that a model wants around it. */
  encode(text: string): number[];
  /** The text of some ids; what `encode` lost, such as accents or capitals, does not come back. */
  decode(ids: readonly number[]): string;
  /** The id of a token as it is spelt in the vocabulary, `[CLS]` say; undefined where there is none. */
  idOf(token: string): number | undefined;
  /** The ids that a model wants before and behind a text: those of `[CLS]` and `[SEP]` for BERT, none for others. */
  readonly around: { readonly before: readonly number[]; readonly behind: readonly number[] };
}
