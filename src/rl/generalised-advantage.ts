import { type HostArray, sizeOf } from '../base/index.js';
import { checkNumber } from '../base/internal.js';

type Rows = { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** What N environments did for T steps. */
export interface Rollout {
  /** r [T, N] */
  readonly reward: Rows;
  /** V [T + 1, N] of the states that were acted in, and of the one after them. */
  readonly value: Rows;
  /** [T, N]: 1 where the step ended its episode, so that nothing follows it; else 0. */
  readonly done: Rows;
}

/**
 * How much better each action was than the critic expected: between one step's surprise and all that came of it.
 *
 *     Aₜ = δₜ + γ λ (1 − doneₜ) Aₜ₊₁        δₜ = rₜ + γ (1 − doneₜ) Vₜ₊₁ − Vₜ        Rₜ = Aₜ + Vₜ
 *
 * λ = 0 trusts the critic, Aₜ = δₜ; λ = 1 only what was earned, Aₜ = Σ γˡ rₜ₊ₗ − Vₜ.
 *
 * @param discount  γ, what a reward is worth one step later
 * @param lambda    λ
 * @returns         A and R, each [T, N]
 * @throws          when the shapes do not fit, a number is not finite, or γ or λ is not in [0, 1]
 *
 * Schulman et al. 2016, eq. 16, in double precision. An episode that was cut by a time limit has not ended: give it done 0 there and
 * start its environment anew only after the rollout, or its value is taken for 0.
 */
export function generalisedAdvantage(
  { reward, value, done }: Rollout,
  { discount = 0.99, lambda = 0.95 }: { readonly discount?: number; readonly lambda?: number } = {},
): { advantage: HostArray<Float32Array>; returns: HostArray<Float32Array> } {
  const [T, N] = reward.shape;
  if (reward.shape.length !== 2 || `${done.shape}` !== `${reward.shape}` || `${value.shape}` !== `${[T + 1, N]}`)
    throw new Error(
      `generalisedAdvantage takes reward and done [T, N] and value [T + 1, N], with the value after the last step: got reward [${reward.shape}], done [${done.shape}], value [${value.shape}]`,
    );
  for (const [name, { data, shape }] of Object.entries({ reward, value, done })) {
    if (data.length !== sizeOf(shape))
      throw new Error(`generalisedAdvantage: ${name} is declared [${shape}] but holds ${data.length} values`);
    for (let i = 0; i < data.length; i++)
      if (!Number.isFinite(data[i]))
        throw new Error(
          `generalisedAdvantage: ${name} is ${data[i]} at step ${Math.floor(i / N)} of environment ${i % N}; a price that is missing, or a critic that diverged?`,
        );
  }
  for (const [name, value] of Object.entries({ discount, lambda })) checkNumber('generalisedAdvantage', name, value, { from: 0, to: 1 });
  const [advantage, returns] = [new Float32Array(sizeOf(reward.shape)), new Float32Array(sizeOf(reward.shape))];
  for (let n = 0; n < N; n++) {
    let after = 0;
    for (let t = T - 1; t >= 0; t--) {
      const i = t * N + n;
      const goesOn = 1 - done.data[i];
      const surprise = reward.data[i] + discount * goesOn * value.data[i + N] - value.data[i];
      after = surprise + discount * lambda * goesOn * after;
      advantage[i] = after;
      returns[i] = after + value.data[i];
    }
  }
  return { advantage: { data: advantage, shape: [T, N] }, returns: { data: returns, shape: [T, N] } };
}
