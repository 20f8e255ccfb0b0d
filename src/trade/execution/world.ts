import { checkNumber, checkOneOf, checkOptions, checkWhole, inverseNormal } from '../../base/browser.js';
import type { HostArray } from '../../base/index.js';
import type { World } from '../../rl/index.js';
import { costMoments, type ExecutionProblem, optimalHoldings } from './almgren-chriss.js';
import { type ExecutionRule, saleOf } from './simulate.js';

/** A block to sell as a world for agents. */
export interface ExecutionWorldConfig {
  /** What is to be sold, and what that does to the price. */
  readonly problem: ExecutionProblem;
  /** λ ≥ 0 per unit of money: `1e-6`. */
  readonly riskAversion: number;
  /** What an agent sees: the `time` and its holdings, or the `price` too, as what it has lost so far. */
  readonly sees: 'time' | 'price';
  /** A, how many speeds there are to choose from: 21. */
  readonly actions?: number;
  /** The fastest of them, as a multiple of the even pace: 5. */
  readonly fastest?: number;
  /** The even pace of what: of the `block`, X/N, or of the `rest`, xₖ/(N − k). Of the block when left out. */
  readonly pace?: 'block' | 'rest';
  /** Even sales of what a reward is measured against: of the `block`, or of the `rest`. Of the block when left out. */
  readonly against?: 'block' | 'rest';
}

/**
 * Sells a block in N slices: action a sells a/(A − 1) of `fastest` times the even pace, or what is left; the last slice sells all.
 *
 *     sees 'time':   r = −(ΔC − ΔC̄ + λσ²τ xₖ₊₁²) / σX√T
 *     sees 'price':  r = −(ΔΦ(C) − ΔΦ(C̄)) / σX√T        Φ(C) = C + λ (C − E*)²
 *
 * C is `simulateExecution`'s, by the price as it was realised, and C̄ that of even sales at the same price: how well a desk is told it did. Over an
 * episode the first adds up to −(C − C̄ + λV), V being known before the first sale to who sees the time alone, so that the best mean is the closed
 * form's. The second has mean −(E + λ Var C + λ (E − E*)²) and a constant, and the optimal fixed schedule, of mean E*, leaves its E + λV of it;
 * an agent that answers to the price can do better.
 *
 * Measured `against` even sales of the rest, yₖ = xₖ (N − k − 1)/(N − k) shares that are kept through the slice have their luck taken out of it:
 *
 *     sees 'time':   r = −(Cₖ₊₁ − C̄ + λσ²τ xₖ₊₁²) / σX√T                C̄ = Cₖ − yₖ σ√τ zₖ₊₁
 *     sees 'price':  r = −(Φ(Cₖ₊₁) − Φ(C̄) + λσ²τ yₖ²) / σX√T
 *
 * y is known before z, so what is taken out has mean 0 whatever was sold before: the means are those above, without even sales' own E. Far less luck
 * is left, and none where nothing is left to sell.
 *
 * x = (1 − 2k/N, 2xₖ/X − 1), and to who sees the price also (Cₖ − E*)/√V*. An episode terminates after its N slices, early sellers waiting with C̄,
 * which goes on; against the rest, when there is none.
 *
 * @throws  when a number is out of range, or an option is unknown
 *
 * Almgren & Chriss 2000; the second reward by the embedding of Li & Ng 2000; luck of known mean as a control variate: Glasserman 2003, section 4.1.
 */
export function executionWorld(config: ExecutionWorldConfig): World {
  const all = checked('executionWorld', config);
  const { problem, riskAversion, sees, against, actions, best } = all;
  const { slices: N, shares, days, volatility } = problem;
  const S = N + 4; // k, x/X, C, C̄, and the z of the episode
  const unit = volatility * shares * Math.sqrt(days);
  const sell = saleOf(problem);
  const penalty = riskAversion * volatility ** 2 * (days / N);
  const phi = (cost: number) => cost + riskAversion * (cost - best.expected) ** 2;
  const remains = remainder(all);
  const seen = observer(N, sees === 'price', best);
  return {
    name: `execution of ${shares} shares`,
    stateSize: S,
    features: sees === 'price' ? 3 : 2,
    actions,
    limit: N,
    draws: N,
    start(state, n, u) {
      state.set([0, 1, 0, 0], n * S);
      for (let k = 0; k < N; k++) state[n * S + 4 + k] = inverseNormal(u[k]);
    },
    advance(state, action, reward, terminated) {
      for (let n = 0, at = 0; n < action.length; n++, at += S) {
        const [k, x, cost, even] = [state[at], state[at + 1], state[at + 2], state[at + 3]];
        const z = state[at + 4 + k];
        const left = remains(k, x, action[n]);
        const next = cost + sell(shares * (x - left), shares * left, z);
        const nextEven = even + sell(shares / N, shares * (1 - (k + 1) / N), z);
        const kept = (shares * x * (N - k - 1)) / (N - k);
        const held = cost + sell(0, kept, z);
        reward[n] =
          (against === 'rest'
            ? sees === 'price'
              ? phi(held) - phi(next) - penalty * kept ** 2
              : held - next - penalty * (shares * left) ** 2
            : sees === 'price'
              ? phi(cost) - phi(next) + phi(nextEven) - phi(even)
              : cost - next + nextEven - even - penalty * (shares * left) ** 2) / unit;
        state[at] = k + 1;
        state[at + 1] = left;
        state[at + 2] = next;
        state[at + 3] = nextEven;
        terminated[n] = k === N - 1 || (against === 'rest' && left < LEAST) ? 1 : 0;
      }
    },
    observe(state, observation, from, to) {
      for (let n = from; n < to; n++) seen(state[n * S], state[n * S + 1], state[n * S + 2], observation, n);
    },
  };
}

/**
 * What an agent of `executionWorld` would sell, as a rule: for schedules and agents on the same paths.
 *
 * @param config  of its world
 * @param act     the agent: actions [M] where x [M, F] is seen
 * @throws        as `executionWorld`
 */
export function agentRule(
  config: ExecutionWorldConfig,
  act: (observation: HostArray<Float32Array>) => ArrayLike<number> | Promise<ArrayLike<number>>,
): ExecutionRule {
  const all = checked('agentRule', config);
  const { problem, sees, best } = all;
  const F = sees === 'price' ? 3 : 2;
  const { shares } = problem;
  const remains = remainder(all);
  const seen = observer(problem.slices, sees === 'price', best);
  return async ({ slice, holdings, cost }) => {
    const observation = { data: new Float32Array(holdings.length * F), shape: [holdings.length, F] };
    for (let m = 0; m < holdings.length; m++) seen(slice, holdings[m] / shares, cost[m], observation.data, m);
    const action = await act(observation);
    return holdings.map((x, m) => x - shares * remains(slice, x / shares, action[m]));
  };
}

/** x/X from which on all is sold: rounding leaves less, and one share is more. */
const LEAST = 1e-9;

/** What an action leaves of x/X. */
function remainder({ problem: { slices: N }, actions, fastest, pace }: ReturnType<typeof checked>) {
  const speed = fastest / (actions - 1);
  return (k: number, x: number, action: number) =>
    k === N - 1 ? 0 : Math.max(0, x - action * speed * (pace === 'block' ? 1 / N : x / (N - k)));
}

/** Writes what is seen of slice k, holdings x/X and cost C as row n. */
const observer =
  (N: number, seesPrice: boolean, best: { expected: number; deviation: number }) =>
  (k: number, x: number, cost: number, to: Float32Array, n: number): void => {
    const at = n * (seesPrice ? 3 : 2);
    to[at] = 1 - (2 * k) / N;
    to[at + 1] = 2 * x - 1;
    if (seesPrice) to[at + 2] = (cost - best.expected) / best.deviation;
  };

function checked(who: string, config: ExecutionWorldConfig) {
  checkOptions(who, config, ['problem', 'riskAversion', 'sees', 'actions', 'fastest', 'pace', 'against']);
  const { problem, riskAversion, sees, actions = 21, fastest = 5, pace = 'block', against = 'block' } = config;
  checkOneOf(who, 'sees', sees, ['time', 'price']);
  checkOneOf(who, 'pace', pace, ['block', 'rest']);
  checkOneOf(who, 'against', against, ['block', 'rest']);
  checkWhole(who, 'actions', actions, { from: 2 });
  checkNumber(who, 'fastest', fastest, { from: 1 }, 'the even pace is 1');
  const { expected, variance } = costMoments(problem, optimalHoldings(problem, riskAversion));
  if (problem.slices < 2) throw new Error(`${who}: slices must be 2 or more, got 1; the only one sells all, and leaves nothing to decide`);
  return { problem, riskAversion, sees, actions, fastest, pace, against, best: { expected, deviation: Math.sqrt(variance) } };
}
