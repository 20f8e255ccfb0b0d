import { type HostArray, sizeOf } from '../base/index.js';
import { checkNumber, checkOptions } from '../base/internal.js';

type Rows = { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** What N environments did for T steps. */
export interface Rollout {
  /** r [T, N] */
  readonly reward: Rows;
  /** V [T + 1, N] of the states that were acted in, and of the one after them. */
  readonly value: Rows;
  /** [T, N]: 1 where the step ended its episode for good, so that nothing follows it; else 0. */
  readonly terminated: Rows;
  /** [T, N]: 1 where the episode was cut at the step, as by a limit of time, and another began; else 0. No episode when left out. */
  readonly truncated?: Rows;
  /** V [T, N] of the states in which episodes were cut, which `value` does not have: of Gymnasium's `final_obs`. Read there alone. */
  readonly finalValue?: Rows;
}

/** How far ahead an advantage looks, and whom it trusts. */
export interface AdvantageOptions {
  /** γ, what a reward is worth one step later: 0.99 when left out. */
  readonly discount?: number;
  /** λ: 0.95 when left out. */
  readonly lambda?: number;
}

/**
 * How much better each action was than the critic expected: between one step's surprise and all that came of it.
 *
 *     Aₜ = δₜ + γ λ Aₜ₊₁ while the episode goes on, else δₜ        δₜ = rₜ + γ V′ₜ − Vₜ        Rₜ = Aₜ + Vₜ
 *
 * V′ₜ, of the state that the step led to, is Vₜ₊₁, 0 where the episode terminated, and the final value where it was truncated: a limit of
 * time ends the record of an episode, not what its last state is worth.
 *
 * λ = 0 trusts the critic, Aₜ = δₜ; λ = 1 only what was earned, Aₜ = Σ γˡ rₜ₊ₗ − Vₜ.
 *
 * @returns  A and R, each [T, N]
 * @throws   when the shapes do not fit, a number is not finite, an end is not 0 or 1, an episode was cut without its final value, an option
 *           is unknown, or γ or λ is not in [0, 1]
 *
 * Schulman et al. 2016, eq. 16, in double precision; limits of time as in Pardo et al. 2018. Where both ends are 1 the episode terminated.
 */
export function generalisedAdvantage(
  rollout: Rollout,
  options: AdvantageOptions = {},
): { advantage: HostArray<Float32Array>; returns: HostArray<Float32Array> } {
  check(rollout, options);
  const { reward, value, terminated, truncated, finalValue } = rollout;
  const { discount = 0.99, lambda = 0.95 } = options;
  const [T, N] = reward.shape;
  const [advantage, returns] = [new Float32Array(T * N), new Float32Array(T * N)];
  for (let n = 0; n < N; n++) {
    let after = 0;
    for (let t = T - 1; t >= 0; t--) {
      const i = t * N + n;
      const goesOn = !terminated.data[i] && !truncated?.data[i];
      const next = terminated.data[i] ? 0 : goesOn ? value.data[i + N] : finalValue!.data[i];
      after = reward.data[i] + discount * next - value.data[i] + (goesOn ? discount * lambda * after : 0);
      advantage[i] = after;
      returns[i] = after + value.data[i];
    }
  }
  return { advantage: { data: advantage, shape: [T, N] }, returns: { data: returns, shape: [T, N] } };
}

const WHO = 'generalisedAdvantage';

function check(rollout: Rollout, options: AdvantageOptions): void {
  checkOptions(`${WHO}: the rollout`, rollout, ['reward', 'value', 'terminated', 'truncated', 'finalValue']);
  checkOptions(WHO, options, ['discount', 'lambda']);
  for (const [name, number] of Object.entries(options)) if (number !== undefined) checkNumber(WHO, name, number, { from: 0, to: 1 });
  const { reward, terminated, truncated, finalValue } = rollout;
  const [T, N] = reward.shape;
  const given = Object.entries(rollout).filter(([, rows]) => rows !== undefined) as [keyof Rollout, Rows][];
  const fits = given.every(([name, { shape }]) => `${shape}` === `${name === 'value' ? [T + 1, N] : [T, N]}`);
  if (!terminated || reward.shape.length !== 2 || !fits)
    throw new Error(
      `${WHO} takes reward, terminated, truncated and finalValue [T, N] and value [T + 1, N], with the value after the last step: got ` +
        given.map(([name, { shape }]) => `${name} [${shape}]`).join(', '),
    );
  for (const [name, { data, shape }] of given) {
    if (data.length !== sizeOf(shape)) throw new Error(`${WHO}: ${name} is declared [${shape}] but holds ${data.length} values`);
    const isRead = (i: number) => name !== 'finalValue' || Boolean(truncated?.data[i]);
    const isEnd = name === 'terminated' || name === 'truncated';
    for (let i = 0; i < data.length; i++) {
      const at = `${name} is ${data[i]} at step ${Math.floor(i / N)} of environment ${i % N}`;
      if (isRead(i) && !Number.isFinite(data[i])) throw new Error(`${WHO}: ${at}; a price that is missing, or a critic that diverged?`);
      if (isEnd && data[i] !== 0 && data[i] !== 1) throw new Error(`${WHO}: ${at}; an end is 1 where there is one, else 0`);
    }
  }
  const cut = truncated && !finalValue ? Array.from(truncated.data).findIndex((end, i) => end === 1 && terminated.data[i] === 0) : -1;
  if (cut >= 0)
    throw new Error(
      `${WHO}: the episode of environment ${cut % N} was cut at step ${Math.floor(cut / N)}, and what its last state is worth is missing; ` +
        'give finalValue [T, N], the critic on the final observations, because value has that of the next episode',
    );
}
