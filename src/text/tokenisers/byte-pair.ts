/** What byte-pair encoding knows: a vocabulary, and which neighbours become one, the first first. */
export interface BytePairs {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly merges: readonly (readonly [string, string])[];
  /** The token of what is not in the vocabulary, a run of which is one. */
  readonly unknown?: number;
  /** Whether what is not in the vocabulary is written as its bytes, `<0xE2>`. */
  readonly byteFallback: boolean;
}

interface Pair {
  readonly rank: number;
  readonly at: number;
  /** What it becomes. */
  readonly id: number;
}

/**
 * Byte-pair encoding: characters, of which the neighbours that the earliest merge names are joined, from the left, until none is left.
 *
 * @returns ids of a word
 * @throws  when a merge names a token that is not in the vocabulary
 *
 * Sennrich, Haddow & Birch 2016, algorithm 1, by a heap of neighbours: n log n steps for n characters.
 */
export function bytePairEncoder({ vocabulary, merges, unknown, byteFallback }: BytePairs): (word: string) => number[] {
  const size = vocabulary.size;
  const idOf = (token: string) => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new Error(`tokeniser: a merge names '${token}', which is not in the vocabulary; the file is damaged`);
    return id;
  };
  const joined = new Map<number, { rank: number; id: number }>();
  for (const [rank, [left, right]] of merges.entries()) joined.set(idOf(left) * size + idOf(right), { rank, id: idOf(left + right) });
  const bytes = Array.from({ length: 256 }, (_, byte) => vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`));

  const startOf = (word: string): number[] => {
    const ids: number[] = [];
    let afterUnknown = false;
    for (const character of word) {
      const id = vocabulary.get(character);
      const spelt = id === undefined && byteFallback ? Array.from(Buffer.from(character), (byte) => bytes[byte]) : [id];
      const known = spelt.every((one) => one !== undefined);
      if (known) ids.push(...(spelt as number[]));
      else if (unknown !== undefined && !afterUnknown) ids.push(unknown);
      afterUnknown = !known;
    }
    return ids;
  };

  return (word) => {
    const ids = startOf(word);
    const [before, behind] = [ids.map((_, i) => i - 1), ids.map((_, i) => i + 1)];
    const heap: Pair[] = [];
    const offer = (at: number) => {
      if (at < 0 || behind[at] >= ids.length) return;
      const found = joined.get(ids[at] * size + ids[behind[at]]);
      if (found) push(heap, { ...found, at });
    };
    for (let at = 0; at < ids.length; at++) offer(at);
    for (let top = pop(heap); top; top = pop(heap)) {
      const { at, id, rank } = top;
      const next = behind[at];
      if (ids[at] < 0 || next >= ids.length) continue; // one of the two went elsewhere
      const now = joined.get(ids[at] * size + ids[next]);
      if (now?.id !== id || now.rank !== rank) continue;
      ids[at] = id;
      ids[next] = -1;
      behind[at] = behind[next];
      if (behind[at] < ids.length) before[behind[at]] = at;
      offer(before[at]);
      offer(at);
    }
    return ids.filter((id) => id >= 0);
  };
}

const isBefore = (a: Pair, b: Pair) => a.rank < b.rank || (a.rank === b.rank && a.at < b.at);

function push(heap: Pair[], pair: Pair): void {
  let at = heap.push(pair) - 1;
  for (let parent = (at - 1) >> 1; at > 0 && isBefore(heap[at], heap[parent]); at = parent, parent = (at - 1) >> 1)
    [heap[at], heap[parent]] = [heap[parent], heap[at]];
}

function pop(heap: Pair[]): Pair | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return top;
  heap[0] = last;
  for (let at = 0; ; ) {
    const child = [2 * at + 1, 2 * at + 2].reduce((least, c) => (c < heap.length && isBefore(heap[c], heap[least]) ? c : least), at);
    if (child === at) return top;
    [heap[at], heap[child]] = [heap[child], heap[at]];
    at = child;
  }
}
