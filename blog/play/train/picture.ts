import { colourOf } from '../look.js';

/** Pixels of the picture, along each side. */
export const SIDE = 48;

/** The middles of side² pixels over −1 … 1, row by row from the top: [side², 2]. */
export function gridOf(side: number): Float32Array {
  const at = (i: number) => (2 * i + 1) / side - 1;
  return Float32Array.from({ length: 2 * side * side }, (_, k) => (k % 2 === 0 ? at((k >> 1) % side) : -at(Math.floor((k >> 1) / side))));
}

/**
 * The net's answer at each place of the square, and the points that it learns from.
 *
 * @param probability  [SIDE²], of the second arm
 * @param points       x [N, 2] and y [N, 1]
 */
export function draw(
  canvas: HTMLCanvasElement,
  probability: Float32Array,
  { x, y }: { readonly x: Float32Array; readonly y: Float32Array },
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const pixel = canvas.width / SIDE;
  const arms = [colourOf('--warn'), colourOf('--accent')];
  context.fillStyle = colourOf('--page');
  context.globalAlpha = 1;
  context.fillRect(0, 0, canvas.width, canvas.height);
  probability.forEach((p, k) => {
    context.fillStyle = arms[p > 0.5 ? 1 : 0];
    context.globalAlpha = 1.2 * Math.abs(p - 0.5);
    context.fillRect((k % SIDE) * pixel, Math.floor(k / SIDE) * pixel, pixel, pixel);
  });
  context.globalAlpha = 1;
  context.strokeStyle = colourOf('--page');
  y.forEach((arm, i) => {
    context.fillStyle = arms[arm];
    context.beginPath();
    context.arc(((x[2 * i] + 1) / 2) * canvas.width, ((1 - x[2 * i + 1]) / 2) * canvas.height, 4, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  });
}
