import type { World } from './world.js';

const [GRAVITY, CART, POLE, HALF_LENGTH, FORCE, TAU] = [9.8, 1, 0.1, 0.5, 10, 0.02];
const MASS = POLE + CART;
const MOMENT = POLE * HALF_LENGTH;
const FAR = 2.4;
const STEEP = (12 * 2 * Math.PI) / 360;

/**
 * A pole on a cart that is pushed to the left, 0, or to the right, 1, every 20 ms: each push that keeps it up earns 1.
 *
 *     θ̈ = (g sin θ − cos θ · u) / (l (4/3 − m cos² θ / M))        ẍ = u − m l θ̈ cos θ / M        u = (F + m l θ̇² sin θ) / M
 *
 * by Euler's steps, each from the speeds before it. x, ẋ, θ, θ̇ are state and observation, and start uniform on ± 0.05. It has fallen where
 * |x| > 2.4 m or |θ| > 12°; 500 steps are the limit.
 *
 * Barto, Sutton & Anderson 1983, as `CartPole-v1` of Gymnasium has it: with the order of its operations, so that observations are its bits.
 */
export const cartPole: World = {
  name: 'CartPole-v1',
  stateSize: 4,
  features: 4,
  actions: 2,
  limit: 500,
  draws: 4,
  start(state, n, u) {
    for (let i = 0; i < 4; i++) state[4 * n + i] = -0.05 + 0.1 * u[i];
  },
  advance(state, action, reward, terminated) {
    for (let n = 0, at = 0; n < action.length; n++, at += 4) {
      const dx = state[at + 1];
      const theta = state[at + 2];
      const dTheta = state[at + 3];
      const isSmall = theta > -0.3 && theta < 0.3;
      const cos = isSmall ? smallCos(theta) : Math.cos(theta);
      const sin = isSmall ? smallSin(theta) : Math.sin(theta);
      const push = (FORCE * (2 * action[n] - 1) + MOMENT * (dTheta * dTheta) * sin) / MASS;
      const ddTheta = (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE * (cos * cos)) / MASS));
      const x = state[at] + TAU * dx;
      const angle = theta + TAU * dTheta;
      state[at] = x;
      state[at + 1] = dx + TAU * (push - (MOMENT * ddTheta * cos) / MASS);
      state[at + 2] = angle;
      state[at + 3] = dTheta + TAU * ddTheta;
      reward[n] = 1;
      terminated[n] = +(x < -FAR || x > FAR || angle < -STEEP || angle > STEEP);
    }
  },
  observe(state, observation, from, to) {
    for (let i = 4 * from; i < 4 * to; i++) observation[i] = state[i];
  },
};

/**
 * The sine of an angle below 0.3, by the polynomials of fdlibm (Sun Microsystems 1993) that are behind `Math.sin`: the same bits, in a few
 * nanoseconds, because it is no call.
 */
function smallSin(x: number): number {
  const z = x * x;
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x + z * x * (-0.16666666666666632 + z * r);
}

/** Its cosine. */
function smallCos(x: number): number {
  const z = x * x;
  const r =
    z *
    (0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z * (2.480158728947673e-5 + z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  return 1 - (0.5 * z - z * r);
}
