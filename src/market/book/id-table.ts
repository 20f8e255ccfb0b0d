/** From order ids to where the orders are: whole numbers to whole numbers, in typed arrays, so that no message makes an object. */
export interface IdTable {
  /** Where the order is, or −1. */
  get(id: number): number;
  /** Notes where a new order is; the id must be absent. */
  add(id: number, at: number): void;
  /** Forgets an id that is there. */
  remove(id: number): void;
}

/** Open addressing with linear probing, at most half full; a removal moves back what it had pushed on (Knuth 1998, §6.4, algorithm R). */
export function idTable(): IdTable {
  let bits = 10;
  let mask = 2 ** bits - 1;
  let ids = new Float64Array(2 ** bits);
  let places = new Int32Array(2 ** bits).fill(-1); // −1 where no id is
  let count = 0;

  // Fibonacci hashing, of the high word too: ids may be times in nanoseconds.
  const home = (id: number) => Math.imul((id | 0) ^ Math.imul((id / 2 ** 32) | 0, 0x85ebca6b), 0x9e3779b1) >>> (32 - bits);
  const find = (id: number) => {
    let i = home(id);
    while (places[i] >= 0 && ids[i] !== id) i = (i + 1) & mask;
    return i;
  };
  const grow = () => {
    const [formerIds, formerPlaces] = [ids, places];
    bits++;
    mask = 2 ** bits - 1;
    ids = new Float64Array(2 ** bits);
    places = new Int32Array(2 ** bits).fill(-1);
    for (let i = 0; i < formerIds.length; i++)
      if (formerPlaces[i] >= 0) {
        const at = find(formerIds[i]);
        ids[at] = formerIds[i];
        places[at] = formerPlaces[i];
      }
  };

  return {
    get: (id) => places[find(id)],
    add(id, at) {
      if (++count > mask >> 1) grow();
      const i = find(id);
      ids[i] = id;
      places[i] = at;
    },
    remove(id) {
      let hole = find(id);
      count--;
      for (let i = (hole + 1) & mask; places[i] >= 0; i = (i + 1) & mask) {
        if (((i - home(ids[i])) & mask) < ((i - hole) & mask)) continue; // its home lies behind the hole
        ids[hole] = ids[i];
        places[hole] = places[i];
        hole = i;
      }
      places[hole] = -1;
    },
  };
}
