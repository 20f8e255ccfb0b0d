import { byId, colourOf, onTheme } from '../look.js';
import { loadData, loadModels, type Model } from '../model.js';
import { imageOf, SIDE, type Strokes, WRITTEN } from './digit.js';

interface Nets {
  readonly epsilon: number;
  readonly steps: number;
  readonly images: number;
  readonly nets: Readonly<Record<Name, { readonly clean: number; readonly attacked: number }>>;
}
const NAMES = ['natural', 'hardened'] as const;
type Name = (typeof NAMES)[number];
type Seen = { readonly image: Float32Array; readonly probability: Float32Array };

const said = await loadData<Nets>('nets.json');
const models = await loadModels(NAMES);
const pad = byId<HTMLCanvasElement>('pad');
const written = byId<HTMLSelectElement>('written');
const slider = (id: string) => Number(byId<HTMLInputElement>(id).value);

let strokes: Strokes = WRITTEN[3];
let shown: Partial<Record<Name, { before: Seen; after: Seen }>> = {};
let asked = 0;

/** From an image by some steps of a size; a size of 0 only looks. */
async function climb(
  model: Model,
  image: Float32Array,
  digit: number,
  { epsilon, steps, size }: Record<'epsilon' | 'steps' | 'size', number>,
): Promise<Seen> {
  const shape = [1, SIDE, SIDE, 1];
  let seen: Seen = { image, probability: new Float32Array(10) };
  for (let k = 0; k < steps; k++) {
    const { next, probability } = await model.run({
      x: { data: image, shape },
      at: { data: seen.image, shape },
      y: { data: Int32Array.of(digit), shape: [1] },
      epsilon: { data: Float32Array.of(epsilon), shape: [] },
      size: { data: Float32Array.of(size), shape: [] },
    });
    seen = { image: next.data, probability: probability.data };
  }
  return seen;
}

const best = ({ probability }: Seen) => probability.indexOf(Math.max(...probability));

/** FGSM is one step of the whole radius; PGD takes more, of 2.5 ε over their number each. */
async function attack(): Promise<void> {
  const turn = ++asked;
  const image = imageOf(strokes);
  const [epsilon, steps] = [slider('epsilon'), slider('steps')];
  byId('epsilon-now').textContent = `${epsilon.toFixed(2)} of the range from paper to ink`;
  byId('steps-now').textContent = steps === 1 ? '1: FGSM' : `${steps}: PGD`;
  drawPad();
  if (!image) {
    byId('status').textContent = 'Draw a digit, or choose one that is written.';
    empty();
    return;
  }
  const found: typeof shown = {};
  for (const name of NAMES) {
    const before = await climb(models[name], image, 0, { epsilon: 0, steps: 1, size: 0 });
    const size = steps === 1 ? epsilon : (2.5 * epsilon) / steps;
    found[name] = { before, after: await climb(models[name], image, best(before), { epsilon, steps, size }) };
    if (turn !== asked) return;
  }
  shown = found;
  byId('status').textContent = '';
  show();
}

/** Where no digit is, nothing is said of the last one. */
function empty(): void {
  shown = {};
  for (const name of NAMES) {
    for (const part of ['before', 'change', 'after'])
      byId<HTMLCanvasElement>(`${name}-${part}`).getContext('2d')!.clearRect(0, 0, SIDE, SIDE);
    for (const part of ['says', 'largest', 'rows']) byId(`${name}-${part}`).replaceChildren();
  }
}

function show(): void {
  drawPad();
  for (const name of NAMES) {
    const seen = shown[name];
    if (!seen) continue;
    const { before, after } = seen;
    picture(`${name}-before`, (k) => before.image[k]);
    picture(`${name}-after`, (k) => after.image[k]);
    picture(`${name}-change`, (k) => 0.5 + (after.image[k] - before.image[k]) / (2 * Math.max(slider('epsilon'), 1e-6)));
    const [was, is] = [best(before), best(after)];
    byId(`${name}-says`).textContent = was === is ? `It said ${was}, and still does.` : `It said ${was}, and now says ${is}.`;
    const change = Math.max(...after.image.map((value, k) => Math.abs(value - before.image[k])));
    byId(`${name}-largest`).textContent = `Largest change of a pixel: ${change.toFixed(3)}.`;
    byId(`${name}-rows`).replaceChildren(
      ...Array.from({ length: 10 }, (_, digit) => {
        const row = document.createElement('tr');
        const head = document.createElement('th');
        head.scope = 'row';
        head.textContent = String(digit);
        row.append(head);
        for (const { probability } of [before, after]) {
          const cell = row.insertCell();
          const meter = document.createElement('meter');
          meter.value = probability[digit];
          meter.setAttribute('aria-hidden', 'true');
          cell.append(meter, ` ${(100 * probability[digit]).toFixed(1)} %`);
        }
        return row;
      }),
    );
  }
}

/** Grey pixels: ink 1 is dark on a light page and light on a dark one. */
function picture(id: string, inkAt: (k: number) => number): void {
  const canvas = byId<HTMLCanvasElement>(id);
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, SIDE, SIDE);
  context.fillStyle = colourOf('--text');
  for (let k = 0; k < SIDE * SIDE; k++) {
    context.globalAlpha = inkAt(k);
    context.fillRect(k % SIDE, Math.floor(k / SIDE), 1, 1);
  }
}

function drawPad(): void {
  const context = pad.getContext('2d')!;
  context.clearRect(0, 0, pad.width, pad.height);
  context.strokeStyle = colourOf('--text');
  context.lineWidth = pad.width / 13;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const way of strokes) {
    context.beginPath();
    for (const [x, y] of way) context.lineTo(x * pad.width, y * pad.height);
    if (way.length === 1) context.lineTo(way[0][0] * pad.width + 0.1, way[0][1] * pad.height);
    context.stroke();
  }
}

const pointOf = ({ offsetX, offsetY }: PointerEvent): [number, number] => [offsetX / pad.clientWidth, offsetY / pad.clientHeight];
let pen: [number, number][] | undefined;
pad.addEventListener('pointerdown', (event) => {
  pad.setPointerCapture(event.pointerId);
  if (written.value !== '') strokes = [];
  written.value = '';
  pen = [pointOf(event)];
  strokes = [...strokes, pen];
  drawPad();
});
pad.addEventListener('pointermove', (event) => {
  pen?.push(pointOf(event));
  if (pen) drawPad();
});
pad.addEventListener('pointerup', () => {
  pen = undefined;
  attack();
});
written.addEventListener('change', () => {
  strokes = written.value === '' ? [] : WRITTEN[Number(written.value)];
  attack();
});
byId('clear').addEventListener('click', () => {
  written.value = '';
  strokes = [];
  attack();
});
for (const id of ['epsilon', 'steps']) byId(id).addEventListener('input', attack);
onTheme(show);
for (const control of document.querySelectorAll<HTMLButtonElement>('#controls [disabled]')) control.disabled = false;
for (const name of NAMES) {
  const { clean, attacked } = said.nets[name];
  byId(`${name}-good`).textContent =
    `Right on ${percent(clean, 10_000)} of the 10,000 test images, and on ${percent(attacked, said.images)} of the first ${said.images} of them under PGD of ${said.steps} steps with ε = ${said.epsilon}.`;
}
await attack();

/** A share with its standard error. */
function percent(share: number, of: number): string {
  return `${(100 * share).toFixed(1)} ± ${(100 * Math.sqrt((share * (1 - share)) / of)).toFixed(1)} %`;
}
