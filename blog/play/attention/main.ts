import { byId, colourOf, onTheme } from '../look.js';
import { loadModels } from '../model.js';
import { DAYS, echoes } from './windows.js';

const HEADS = 2;
const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, LEFT, MIDDLE, HIGH, LOW] = [640, 76, 108, 70, 294];
/** Days that are numbered. */
const NUMBERED = [1, 8, 16, 24, DAYS];
/** Room beside the map for the numbers of days, in its pixels. */
const EDGE = 24;
const { transformer } = await loadModels(['transformer']);
const day = byId<HTMLInputElement>('day');
const head = byId<HTMLSelectElement>('head');

let seed = 2_000_000;
let returns = new Float32Array(DAYS);
/** [HEADS, DAYS, DAYS] */
let attention: Float32Array = new Float32Array(HEADS * DAYS * DAYS);
let forecast = 0;
let actual = 0;

async function another(): Promise<void> {
  const days = echoes(seed++, 1);
  returns = days.slice(0, DAYS);
  actual = days[DAYS];
  const out = await transformer.run({ returns: { data: returns, shape: [1, DAYS, 1] } });
  attention = out.attention.data;
  forecast = out.forecast.data[0];
  show();
}

/** What the chosen day attends to: DAYS shares that add up to 1. */
const rowOf = (at: number) => attention.subarray((Number(head.value) * DAYS + at) * DAYS, (Number(head.value) * DAYS + at + 1) * DAYS);
const signed = (value: number) => value.toFixed(2).replace('-', '−');

function show(): void {
  const at = Number(day.value) - 1;
  const row = rowOf(at);
  const most = row.indexOf(Math.max(...row));
  byId('day-now').textContent = day.value;
  const before = at - most;
  byId('most').textContent =
    `${most + 1}, ${before} ${before === 1 ? 'day' : 'days'} before, with ${(100 * row[most]).toFixed(0)} %${at < 4 ? '; no echo is to be seen yet' : ''}`;
  byId<HTMLDataElement>('sum').value = String(row.reduce((a, b) => a + b, 0));
  byId('sum').textContent = row.reduce((a, b) => a + b, 0).toFixed(4);
  byId('forecast').textContent =
    `${signed(forecast)} ± 1, the noise; by the rule, 0.8 of day 28, ${signed(0.8 * returns[DAYS - 5])}. It came to ${signed(actual)}.`;
  drawDays(at, row);
  drawMap(at);
}

/** The returns as bars; under each, how much the chosen day attends to it. */
function drawDays(at: number, row: Float32Array): void {
  const pace = (WIDTH - LEFT) / DAYS;
  const largest = Math.max(...returns.map(Math.abs));
  const rect = (look: string, x: number, y: number, height: number, k: number) => {
    const made = document.createElementNS(SVG, 'rect');
    const box = {
      class: look,
      x: x.toFixed(1),
      y: y.toFixed(1),
      width: (pace - 4).toFixed(1),
      height: height.toFixed(1),
      'data-day': k + 1,
    };
    for (const [key, value] of Object.entries(box)) made.setAttribute(key, String(value));
    return made;
  };
  const text = (x: number, y: number, words: string, anchor = 'end') => {
    const made = document.createElementNS(SVG, 'text');
    for (const [key, value] of Object.entries({ x: x.toFixed(1), y, 'text-anchor': anchor, 'dominant-baseline': 'middle' }))
      made.setAttribute(key, String(value));
    made.textContent = words;
    return made;
  };
  const axis = document.createElementNS(SVG, 'path');
  axis.setAttribute('class', 'axis');
  axis.setAttribute('d', `M${LEFT - 4} ${MIDDLE}H${WIDTH}M${LEFT - 4} ${LOW}H${WIDTH}`);
  byId('days').replaceChildren(
    axis,
    text(0, 12, 'returns, in deviations of the noise', 'start'),
    text(0, LOW - 82, 'share of attention', 'start'),
    text(LEFT - 8, MIDDLE - HIGH, `+${largest.toFixed(1)}`),
    text(LEFT - 8, MIDDLE, '0'),
    text(LEFT - 8, MIDDLE + HIGH, `−${largest.toFixed(1)}`),
    text(LEFT - 8, LOW - 54, '100\u00a0%'),
    text(LEFT - 8, LOW - 4, '0'),
    ...NUMBERED.map((one) => text(LEFT + (one - 0.5) * pace - 2, LOW + 14, String(one), 'middle')),
    ...Array.from(returns, (r, k) => {
      const size = (HIGH * Math.abs(r)) / largest;
      return rect(k === at ? 'mine' : 'world', LEFT + k * pace, r > 0 ? MIDDLE - size : MIDDLE, size, k);
    }),
    ...Array.from(row, (share, k) => rect('share', LEFT + k * pace, LOW - 60 * share, 60 * share, k)),
  );
}

/** All days at once: a row for each that attends, a column for each that is attended to. */
function drawMap(at: number): void {
  const canvas = byId<HTMLCanvasElement>('map');
  const context = canvas.getContext('2d')!;
  const pixel = (canvas.width - EDGE) / DAYS;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colourOf('--accent');
  for (let t = 0; t < DAYS; t++)
    rowOf(t).forEach((share, k) => {
      context.globalAlpha = Math.min(1, share);
      context.fillRect(EDGE + k * pixel, t * pixel, pixel, pixel);
    });
  context.globalAlpha = 1;
  context.strokeStyle = colourOf('--warn');
  context.strokeRect(EDGE + 0.5, at * pixel + 0.5, canvas.width - EDGE - 1, pixel - 1);
  context.fillStyle = colourOf('--quiet');
  context.font = '12px sans-serif';
  context.textBaseline = 'middle';
  for (const one of NUMBERED) {
    context.textAlign = 'right';
    context.fillText(String(one), EDGE - 5, Math.max(6, (one - 0.5) * pixel));
    context.textAlign = 'center';
    context.fillText(String(one), Math.min(EDGE + (one - 0.5) * pixel, canvas.width - 8), canvas.height - EDGE / 2);
  }
}

/** The day under the pointer is chosen; the slider does the same by keyboard. */
byId('days').addEventListener('pointermove', (event) => {
  const box = byId('days').getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * WIDTH;
  day.value = String(Math.floor(((x - LEFT) / (WIDTH - LEFT)) * DAYS) + 1);
  show();
});
byId('controls').addEventListener('input', show);
byId('another').addEventListener('click', another);
onTheme(show);
await another();
for (const control of document.querySelectorAll<HTMLButtonElement>('#controls [disabled]')) control.disabled = false;
