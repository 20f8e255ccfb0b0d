import { byId, colourOf, onTheme } from '../look.js';
import { loadModels } from '../model.js';
import { DAYS, echoes } from './windows.js';

const HEADS = 2;
const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, LEFT, MIDDLE, HIGH] = [640, 20, 90, 70];
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
  byId('most').textContent = `${most + 1}, ${at - most} days before, with ${(100 * row[most]).toFixed(0)} %`;
  byId<HTMLDataElement>('sum').value = String(row.reduce((a, b) => a + b, 0));
  byId('sum').textContent = row.reduce((a, b) => a + b, 0).toFixed(4);
  byId('forecast').textContent = `${signed(forecast)} (it came to ${signed(actual)})`;
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
  byId('days').replaceChildren(
    ...Array.from(returns, (r, k) => {
      const size = (HIGH * Math.abs(r)) / largest;
      return rect(k === at ? 'mine' : 'world', LEFT + k * pace, r > 0 ? MIDDLE - size : MIDDLE, size, k);
    }),
    ...Array.from(row, (share, k) => rect('share', LEFT + k * pace, 230 - 60 * share, 60 * share, k)),
  );
}

/** All days at once: a row for each that attends, a column for each that is attended to. */
function drawMap(at: number): void {
  const canvas = byId<HTMLCanvasElement>('map');
  const context = canvas.getContext('2d')!;
  const pixel = canvas.width / DAYS;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colourOf('--accent');
  for (let t = 0; t < DAYS; t++)
    rowOf(t).forEach((share, k) => {
      context.globalAlpha = Math.min(1, share);
      context.fillRect(k * pixel, t * pixel, pixel, pixel);
    });
  context.globalAlpha = 1;
  context.strokeStyle = colourOf('--warn');
  context.strokeRect(0.5, at * pixel + 0.5, canvas.width - 1, pixel - 1);
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
