import { byId, drawLines, onTheme } from '../look.js';
import { type Arrays, loadData, loadModels } from '../model.js';
import { draw, gridOf, SIDE } from './picture.js';
import { POINTS, spirals } from './spirals.js';

interface Starts {
  readonly rate: number;
  readonly starts: readonly { readonly parameters: number[]; readonly node: number[]; readonly reference: number[] }[];
}

const { rate: usual, starts } = await loadData<Starts>('starts.json');
const models = await loadModels(['step', 'picture']);
const points = spirals(1);
const batch = { x: { data: points.x, shape: [POINTS, 2] }, y: { data: points.y, shape: [POINTS, 1] } };
const grid = { data: gridOf(SIDE), shape: [SIDE * SIDE, 2] };
const rate = byId<HTMLInputElement>('rate');
const start = byId<HTMLSelectElement>('start');
const train = byId<HTMLButtonElement>('train');

let state: Arrays = {};
let losses: number[] = [];
let probability: Float32Array = new Float32Array(SIDE * SIDE);
/** Whether every step so far was one that Node took too. */
let same = true;
let running = false;
/** Steps and pictures wait for each other. */
let queue: Promise<void> = Promise.resolve();

const rateNow = () => 10 ** Number(rate.value);
const isUsual = () => Math.abs(rateNow() / usual - 1) < 1e-9;

function restart(): void {
  const { parameters } = starts[Number(start.value) - 1];
  const zeros = () => ({ data: new Float32Array(parameters.length), shape: [parameters.length] });
  state = {
    parameters: { data: Float32Array.from(parameters), shape: [parameters.length] },
    mean: zeros(),
    square: zeros(),
    weights: { data: new Float32Array(2), shape: [2] },
  };
  losses = [];
  same = true;
}

/** One call of the graph: forward, backward, Adam. */
async function step(): Promise<void> {
  same &&= isUsual();
  const out = await models.step.run({ ...state, rate: { data: Float32Array.of(rateNow()), shape: [1] }, ...batch });
  state = Object.fromEntries(
    Object.entries(out)
      .filter(([name]) => name.startsWith('next.'))
      .map(([name, array]) => [name.slice(5), array]),
  );
  losses.push(out.loss.data[0]);
}

async function look(): Promise<void> {
  const out = await models.picture.run({ ...state, rate: { data: Float32Array.of(rateNow()), shape: [1] }, grid });
  probability = out.probability.data;
  show();
}

function show(): void {
  const { node, reference } = starts[Number(start.value) - 1];
  draw(byId<HTMLCanvasElement>('square'), probability, points);
  drawLines(
    byId<SVGSVGElement>('losses'),
    [
      { values: losses, look: 'live' },
      ...(same && isUsual() ? [{ values: node, look: 'other' }] : []), // over it, dashed, where it is comparable
    ],
    {
      name: 'loss, in nats',
      steps: Math.max(node.length, losses.length),
      from: 1,
      ticks: [
        [1, '1'],
        [Math.max(node.length, losses.length), `${Math.max(node.length, losses.length)} steps`],
      ],
    },
  );
  byId('steps').textContent = String(losses.length);
  byId('loss').textContent = losses.length ? `${losses.at(-1)!.toPrecision(4)} nats` : 'none yet';
  const shared = Math.min(losses.length, node.length);
  const apart = (other: readonly number[]) => Math.max(...other.slice(0, shared).map((value, k) => Math.abs(value - losses[k])));
  byId('apart').textContent = !same
    ? `not compared: Node's rate was ${usual}`
    : shared === 0
      ? 'none yet'
      : `${apart(node).toExponential(1)} from Node, ${apart(reference).toExponential(1)} from float64, in ${shared} steps`;
  byId('rows').replaceChildren(
    ...losses.slice(0, node.length).map((loss, k) => {
      const row = document.createElement('tr');
      for (const text of [String(k + 1), loss.toFixed(7), same ? node[k].toFixed(7) : '–', same ? reference[k].toFixed(7) : '–'])
        row.insertCell().textContent = text;
      return row;
    }),
  );
}

function settle(): void {
  running = false;
  train.textContent = 'Train';
}

const then = (work: () => Promise<void>) => {
  queue = queue.then(work).catch((error: Error) => {
    settle();
    byId('status').textContent = `The step failed: ${error.message}. Start again.`;
  });
  return queue;
};

async function frames(): Promise<void> {
  while (running) {
    const began = performance.now();
    await then(async () => {
      do await step();
      while (losses.length % 10 !== 0 && performance.now() - began < 12);
      await look();
    });
    await new Promise(requestAnimationFrame);
  }
}

train.addEventListener('click', () => {
  running = !running;
  train.textContent = running ? 'Pause' : 'Train';
  if (running) frames();
});
byId('one').addEventListener('click', () => then(() => step().then(look)));
byId('fifty').addEventListener('click', () =>
  then(async () => {
    for (let k = 0; k < 50; k++) await step();
    await look();
  }),
);
const again = () => {
  settle();
  then(() => {
    restart();
    return look();
  });
};
byId('again').addEventListener('click', again);
start.addEventListener('change', again);
const sayRate = () => {
  byId('rate-now').textContent = rateNow().toPrecision(2);
};
rate.addEventListener('input', sayRate);
onTheme(show);
sayRate();
restart();
await then(look);
for (const control of document.querySelectorAll<HTMLButtonElement>('#controls [disabled]')) control.disabled = false;
