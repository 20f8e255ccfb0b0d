interface Run {
  code: string;
  /** The last execution, as `In[3]`. */
  id: string;
  /** Every execution of this cell. */
  ids: Set<string>;
  /** The executions whose names it used. */
  uses: Set<string>;
}

/**
 * Which cells rest on which: a cell that is changed and run again leaves those behind that took names from it. Only a cell that was
 * run before can do so, so a notebook that is run from top to bottom has none, nor has a cell that is run again as it was.
 */
export class StaleCells {
  readonly #runs = new Map<string, Run>();

  /**
   * @param cell what the front end calls the cell, which stays when its text changes
   * @returns the latest executions of the cells that rest on what this one was before, in order
   */
  ran(cell: string, run: { id: string; code: string; uses: Set<string> }): string[] {
    const before = this.#runs.get(cell);
    this.#runs.set(cell, { ...run, ids: new Set([...(before?.ids ?? []), run.id]) });
    if (!before || before.code === run.code) return [];
    return [...this.#restingOn(cell)].map((stale) => this.#runs.get(stale)!.id).toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  #restingOn(cell: string): Set<string> {
    const found = new Set<string>();
    const follow = (below: string) => {
      const { ids } = this.#runs.get(below)!;
      for (const [other, { uses }] of this.#runs) {
        if (other === cell || found.has(other) || ![...uses].some((id) => ids.has(id))) continue;
        found.add(other);
        follow(other);
      }
    };
    follow(cell);
    return found;
  }
}

const numberOf = (id: string) => Number(id.slice(id.indexOf('[') + 1, -1));
