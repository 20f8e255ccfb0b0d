/** A headline with its time. */
export interface NewsItem {
  /** When it could first be read, in UTC: `2024-05-03T12:30:00Z`, or `2024-05-03T12:30:00.250Z` where a part of a second is told. */
  readonly published: string;
  /** The headline, in plain text. */
  readonly title: string;
  /** What stands below it, in plain text; absent where there is nothing. */
  readonly text?: string;
  /** Where it came from: a feed, a file, or what it was generated from. */
  readonly source: string;
  /** Its address; absent where it has none. */
  readonly link?: string;
  /** Assets that it is about, by name; absent where that is not told. */
  readonly assets?: readonly string[];
  /** True where no one published it: a program wrote it. Absent otherwise. */
  readonly generated?: true;
}

/** News in the order of their times; those of one time as they came. */
export const byTime = (items: readonly NewsItem[]): NewsItem[] =>
  items
    .map((item) => ({ item, at: item.published.replace('Z', '') })) // without it a time comes before its parts of a second
    .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
    .map(({ item }) => item);
