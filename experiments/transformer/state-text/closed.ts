import { type drawMarkets, type MarketStates, marketPosterior } from '../../../src/stats/index.js';
import { fold, type HostArray, type Key, permutation } from '../../../src/tensor/index.js';

/** What is named, in this order. */
export const ASPECTS = ['regime', 'volatility', 'trend'] as const satisfies readonly (keyof MarketStates<unknown>)[];
/** The class of each aspect; −1 where a text names none. */
export type Classes = number[];

const windowsOf = ({ data, shape: [n, T] }: HostArray<Float32Array>) =>
  Array.from({ length: n }, (_, i) => data.subarray(i * T, (i + 1) * T));

/** The likeliest class of each aspect, by the integral over all markets: no one names more of them rightly. */
export const likeliest = (returns: HostArray<Float32Array>): Classes[] =>
  windowsOf(returns).map((window) => {
    const chances = marketPosterior(window);
    return ASPECTS.map((aspect) => chances[aspect].indexOf(chances[aspect].reduce((a, b) => Math.max(a, b))));
  });

/** What a rule of one line needs: how many last days are compared with the window, and from which ratio on they are wild. */
export interface Spans {
  readonly span: number;
  readonly ratio: number;
}

const rms = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

/** Wild where the last days move `ratio` times as much as the window; volatility by its root mean square; trend by its mean over that. */
export const ruleOf = (returns: HostArray<Float32Array>, { span, ratio }: Spans): Classes[] =>
  windowsOf(returns).map((window) => {
    const size = rms(window);
    const drift = window.reduce((sum, v) => sum + v, 0) / window.length / size;
    return [
      Number(rms(window.subarray(window.length - span)) > ratio * size),
      size < 1 ? 0 : size < 2 ? 1 : 2,
      drift < -0.15 ? 0 : drift < 0.15 ? 1 : 2,
    ];
  });

/** The span and ratio that name the regime best on windows that judge nothing. */
export function ruleFor({ returns, states }: ReturnType<typeof drawMarkets>): { spans: Spans; tried: number } {
  const grid = [2, 3, 5, 8, 12, 20].flatMap((span) => [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1].map((ratio) => ({ span, ratio })));
  const right = grid.map((spans) => ruleOf(returns, spans).filter(([regime], i) => regime === states.regime[i]).length);
  return { spans: grid[right.indexOf(Math.max(...right))], tried: grid.length };
}

/** The same days of each window in another order: level and trend stay, today is gone. */
export function shuffledDays(returns: HostArray<Float32Array>, k: Key): HostArray<Float32Array> {
  const [n, T] = returns.shape;
  const data = new Float32Array(n * T);
  for (let i = 0; i < n; i++)
    permutation(fold(k, i), T).data.forEach((from, to) => {
      data[i * T + to] = returns.data[i * T + from];
    });
  return { data, shape: [n, T] };
}
