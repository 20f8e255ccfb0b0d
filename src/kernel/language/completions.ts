/** What may stand at a place: each match replaces the text from `start` to `end`. */
export interface Completions {
  start: number;
  end: number;
  matches: { text: string; kind: string }[];
}

/** A question about a cell as it is being written. The file that the compiler sees has `shift` more characters before it. */
export interface Question {
  code: string;
  offset: number;
  shift: number;
}
