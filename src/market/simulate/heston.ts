import { type Key, normal, split, uniform } from '../../base/index.js';
import { checkNumber, inverseNormal } from '../../base/internal.js';
import { type Extent, eachPath, type Paths, roomFor } from './paths.js';

/** Prices with the variance that drives them. */
export interface HestonPaths {
  /** [P, T] */
  readonly prices: Paths;
  /** [P, T] per year: 0.04 is a volatility of 20 % */
  readonly variances: Paths;
}

/** The parameters of Heston's model, per year. */
export interface HestonOptions extends Extent {
  /** μ, drift of the price; 0 unless told */
  readonly mu?: number;
  /** κ, how fast the variance comes back: it halves its distance in ln 2 / κ years */
  readonly kappa: number;
  /** θ, what it comes back to */
  readonly theta: number;
  /** ξ, volatility of the variance */
  readonly xi: number;
  /** ρ, correlation of price and variance */
  readonly rho: number;
  /** v₀; θ unless told */
  readonly startVariance?: number;
  /** S₀; 100 unless told */
  readonly start?: number;
  /** Δ in years, one trading day (1/252) unless told */
  readonly dt?: number;
}

/** Above this ψ = Var v / (E v)² the next variance is drawn with a mass at zero: Andersen's ψ_c. */
const SWITCH = 1.5;

/**
 * Heston's model of a stochastic variance,
 *
 *     dS = μ S dt + √v S dW        dv = κ(θ − v) dt + ξ √v dW'        dW dW' = ρ dt
 *
 * by Andersen's quadratic-exponential scheme with the martingale correction. Mean and variance of v and the mean of S are exact for any Δ; v is
 * never below zero, and may be zero where 2κθ < ξ².
 *
 * @returns prices and variances, each [paths, steps], both from their start
 * @throws  when κ, θ, ξ, Δ or a start is not positive, ρ is not between −1 and 1, and on a count that is none
 *
 * Heston 1993; Andersen 2008, "Simple and efficient simulation of the Heston stochastic volatility model", §3.2 and §4.
 */
export function heston(k: Key, options: HestonOptions): HestonPaths {
  const { mu = 0, kappa, theta, xi, rho, start = 100, startVariance = theta, dt = 1 / 252, steps } = options;
  for (const [name, value] of Object.entries({ kappa, theta, xi, start, startVariance, dt }))
    checkNumber('heston', name, value, { above: 0 });
  checkNumber('heston', 'rho', rho, { from: -1, to: 1 });
  checkNumber('heston', 'mu', mu, {});
  const [prices, variances] = [roomFor('heston', options), roomFor('heston', options)];
  const stay = Math.exp(-kappa * dt);
  // Var v' = v·ofV + constant, eq. 18.
  const ofV = (xi ** 2 * stay * (1 - stay)) / kappa;
  const constant = (theta * xi ** 2 * (1 - stay) ** 2) / (2 * kappa);
  // ln S' − ln S = μΔ + K0 + K1 v + K2 v' + √(K3 (v + v')) Z, eq. 33 with γ₁ = γ₂ = ½.
  const half = (dt / 2) * ((kappa * rho) / xi - 0.5);
  const [K1, K2, K3] = [half - rho / xi, half + rho / xi, (dt / 2) * (1 - rho ** 2)];
  const A = K2 + K3 / 2;
  const plain = (-rho * kappa * theta * dt) / xi;
  const shape = eachPath(k, options, (pathKey, at) => {
    const [forVariance, forPrice] = split(pathKey);
    const u = uniform(forVariance, [steps], 'float64').data;
    const z = normal(forPrice, [steps], 'float64').data;
    let [v, log] = [startVariance, Math.log(start)];
    prices[at] = start;
    variances[at] = v;
    for (let t = 1; t < steps; t++) {
      const mean = theta + (v - theta) * stay;
      const psi = (v * ofV + constant) / mean ** 2;
      let [next, correction] = [0, plain]; // plain where E exp(A v') is infinite, as for a large ρ > 0 over a long Δ
      if (psi <= SWITCH) {
        const c = 2 / psi;
        const b2 = c - 1 + Math.sqrt(c * (c - 1));
        const a = mean / (1 + b2);
        next = a * (Math.sqrt(b2) + inverseNormal(u[t] + 2 ** -53)) ** 2;
        if (2 * A * a < 1) correction = (-A * b2 * a) / (1 - 2 * A * a) + 0.5 * Math.log(1 - 2 * A * a) - (K1 + K3 / 2) * v;
      } else {
        const p = (psi - 1) / (psi + 1);
        const rate = (1 - p) / mean;
        next = u[t] <= p ? 0 : Math.log((1 - p) / (1 - u[t])) / rate;
        if (A < rate) correction = -Math.log(p + (rate * (1 - p)) / (rate - A)) - (K1 + K3 / 2) * v;
      }
      log += mu * dt + correction + K1 * v + K2 * next + Math.sqrt(K3 * (v + next)) * z[t];
      v = next;
      prices[at + t] = Math.exp(log);
      variances[at + t] = v;
    }
  });
  return { prices: { data: prices, shape }, variances: { data: variances, shape } };
}
