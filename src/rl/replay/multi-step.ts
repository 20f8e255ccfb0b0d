/** A transition of one step or of several. */
export interface Stretch {
  /** Σₖ γᵏ rₜ₊ₖ */
  readonly reward: number;
  /** γᵏ, what the value of where it led counts. */
  readonly discount: number;
}

/**
 * The last transitions of N copies that still wait for the rewards that follow: of n steps each, fewer where the episode ends before.
 *
 *     R = Σₖ γᵏ rₜ₊ₖ for k < m        m = n, or as many as the episode still had
 *
 * Watkins 1989; Hessel et al. 2018, section 3. A truncated episode hands out what it has, with the value of its last state.
 */
export function multiStep(N: number, { steps: n, features: F, discount }: { steps: number; features: number; discount: number }) {
  const [states, actions, rewards] = [new Float32Array(N * n * F), new Int32Array(N * n), new Float64Array(N * n)];
  const waiting = new Int32Array(N);
  /** Hands out the first that waits in copy c, of m steps. */
  const first = (c: number, m: number, give: (state: Float32Array, action: number, stretch: Stretch) => void) => {
    const at = c * n;
    let reward = 0;
    for (let k = m - 1; k >= 0; k--) reward = rewards[at + k] + discount * reward;
    give(states.subarray(at * F, (at + 1) * F), actions[at], { reward, discount: discount ** m });
    states.copyWithin(at * F, (at + 1) * F, (at + m) * F);
    actions.copyWithin(at, at + 1, at + m);
    rewards.copyWithin(at, at + 1, at + m);
    waiting[c] = m - 1;
  };
  return {
    /** What waits: copies of it are all that there is to save. */
    kept: { states, actions, rewards, waiting },
    /** Adds a step of copy c, and hands out what is complete. */
    push(
      c: number,
      { state, action, reward, isOver }: { state: Float32Array; action: number; reward: number; isOver: boolean },
      give: (state: Float32Array, action: number, stretch: Stretch) => void,
    ): void {
      const at = c * n + waiting[c];
      states.set(state, at * F);
      actions[at] = action;
      rewards[at] = reward;
      waiting[c]++;
      if (waiting[c] === n) first(c, n, give);
      while (isOver && waiting[c] > 0) first(c, waiting[c], give);
    },
  };
}
