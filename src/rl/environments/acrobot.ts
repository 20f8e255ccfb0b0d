import type { World } from './world.js';

const [MAX_SPEED_1, MAX_SPEED_2] = [4 * Math.PI, 9 * Math.PI];
const GRAVITY = 9.8;
const STEP = 0.2;

/**
 * Two links that hang from a joint, with a motor of torque −1, 0 or 1 N m between them: each step costs 1 until the end swings up.
 *
 *     d₁ θ̈₁ + d₂ θ̈₂ + φ₁ = 0        d₂ θ̈₁ + (l² m / 4 + I) θ̈₂ + ½ θ̇₁² sin θ₂ + φ₂ = τ
 *
 * by a Runge–Kutta step of 0.2 s. The state is θ₁, θ₂ within ± π and their speeds, cut at 4π and 9π; the observation is cos θ₁, sin θ₁,
 * cos θ₂, sin θ₂ and the speeds. It starts uniform on ± 0.1 and is done where −cos θ₁ − cos(θ₁ + θ₂) > 1; 500 steps are the limit.
 *
 * Sutton 1996, with the equations of Sutton & Barto's book, as `Acrobot-v1` of Gymnasium has them.
 */
export const acrobot: World = {
  name: 'Acrobot-v1',
  stateSize: 4,
  features: 6,
  actions: 3,
  limit: 500,
  draws: 4,
  start(state, n, u) {
    for (let i = 0; i < 4; i++) state[4 * n + i] = Math.fround(-0.1 + 0.2 * u[i]);
  },
  advance(state, action, reward, terminated) {
    for (let n = 0; n < action.length; n++) {
      const row = state.subarray(4 * n, 4 * n + 4);
      rungeKutta(row, action[n] - 1);
      row[0] = wrapped(row[0]);
      row[1] = wrapped(row[1]);
      row[2] = Math.min(Math.max(row[2], -MAX_SPEED_1), MAX_SPEED_1);
      row[3] = Math.min(Math.max(row[3], -MAX_SPEED_2), MAX_SPEED_2);
      terminated[n] = +(-Math.cos(row[0]) - Math.cos(row[1] + row[0]) > 1);
      reward[n] = terminated[n] - 1;
    }
  },
  observe(state, observation, from, to) {
    for (let n = from; n < to; n++) {
      const [theta1, theta2] = [state[4 * n], state[4 * n + 1]];
      observation[6 * n] = Math.cos(theta1);
      observation[6 * n + 1] = Math.sin(theta1);
      observation[6 * n + 2] = Math.cos(theta2);
      observation[6 * n + 3] = Math.sin(theta2);
      observation[6 * n + 4] = state[4 * n + 2];
      observation[6 * n + 5] = state[4 * n + 3];
    }
  },
};

const [k1, k2, k3, k4] = [0, 1, 2, 3].map(() => new Float64Array(4));
const between = new Float64Array(4);

/** The classical step of fourth order, in place. */
function rungeKutta(s: Float64Array, torque: number): void {
  derivative(s, torque, k1);
  derivative(beyond(s, STEP / 2, k1), torque, k2);
  derivative(beyond(s, STEP / 2, k2), torque, k3);
  derivative(beyond(s, STEP, k3), torque, k4);
  for (let i = 0; i < 4; i++) s[i] += (STEP / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

function beyond(s: Float64Array, h: number, k: Float64Array): Float64Array {
  for (let i = 0; i < 4; i++) between[i] = s[i] + h * k[i];
  return between;
}

/** Of links of length 1 and mass 1 with their centres in the middle and moments of inertia 1; in the order of Gymnasium's operations. */
function derivative(s: Float64Array, torque: number, to: Float64Array): void {
  const theta1 = s[0];
  const theta2 = s[1];
  const d1Theta = s[2];
  const d2Theta = s[3];
  const cos2 = Math.cos(theta2);
  const sin2 = Math.sin(theta2);
  const d1 = 0.25 + (1.25 + cos2) + 1 + 1;
  const d2 = 0.25 + 0.5 * cos2 + 1;
  const phi2 = 0.5 * GRAVITY * Math.cos(theta1 + theta2 - Math.PI / 2);
  const phi1 = -0.5 * (d2Theta * d2Theta) * sin2 - d2Theta * d1Theta * sin2 + 1.5 * GRAVITY * Math.cos(theta1 - Math.PI / 2) + phi2;
  const dd2 = (torque + (d2 / d1) * phi1 - 0.5 * (d1Theta * d1Theta) * sin2 - phi2) / (1.25 - (d2 * d2) / d1);
  to[0] = d1Theta;
  to[1] = d2Theta;
  to[2] = -(d2 * dd2 + phi1) / d1;
  to[3] = dd2;
}

function wrapped(angle: number): number {
  let turned = angle;
  while (turned > Math.PI) turned -= 2 * Math.PI;
  while (turned < -Math.PI) turned += 2 * Math.PI;
  return turned;
}
