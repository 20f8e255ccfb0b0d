import { saleOf } from '../../../src/trade/browser.js';
import { byId, drawLines } from '../look.js';
import { loadModels } from '../model.js';
import { basisPoints, PROBLEM } from './problem.js';
import { type Policy, pathsOf, riskyCost, SCHEDULES, type Sold, sellOn } from './sellers.js';
import { type Measured, meanOf, NAMES, paired, tallyOf } from './tally.js';

const BINS = 30;
/** Both ends of the chart of costs, in basis points; what lies beyond is counted at the end. */
const [FROM, TO] = [-600, 900];
const TICKS = [-600, -300, 0, 300, 600, 900];
const inPoints = (at: number) => `${at}`.replace('-', '−');

const { agent } = await loadModels(['agent']);
const policy: Policy = async (seen, count) => (await agent.run({ seen: { data: seen, shape: [count, 3] } })).action.data;
const sell = saleOf(PROBLEM);

const { costs, run } = tallyOf(policy);
const slider = byId<HTMLInputElement>('sell');
/** The block that the reader sells: the path's seed, shares left by day, and what was lost. */
let mine = { seed: 1, left: [PROBLEM.shares], cost: 0 };
let beside: Sold | undefined;

const points = (money: number) => `${basisPoints(money).toFixed(1).replace('-', '−')} bp`;

/** Runs the sellers on paths that none has seen. */
async function runAndShow(count: number): Promise<void> {
  await run(count);
  show();
}

/** A measure with its error in the page, with all its digits in `value`; a dash before there is one. */
function write(id: string, measured: Measured | undefined): void {
  const data = byId<HTMLDataElement>(id);
  data.value = measured ? String(basisPoints(measured.mean)) : '';
  data.textContent = measured ? `${points(measured.mean)} ± ${basisPoints(measured.error).toFixed(1)}` : '–';
}

function show(): void {
  byId('paths').textContent = costs.agent.length.toLocaleString('en');
  for (const name of NAMES) {
    const all = costs[name];
    write(`${name}-mean`, all.length ? meanOf(all) : undefined);
    write(`${name}-risky`, all.length ? riskyCost(all) : undefined);
  }
  const apart = costs.agent.length ? paired(costs.agent, costs.optimum) : undefined;
  write('apart-mean', apart?.mean);
  write('apart-risky', apart?.risky);
  histogram();
}

/** How often each cost came, of all sellers on the same axis. */
function histogram(): void {
  const counted = (all: readonly number[]) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const cost of all) counts[Math.max(0, Math.min(BINS - 1, Math.floor(((basisPoints(cost) - FROM) / (TO - FROM)) * BINS)))]++;
    return counts.map((count) => count / Math.max(1, all.length));
  };
  drawLines(
    byId<SVGSVGElement>('costs'),
    costs.agent.length
      ? [
          { values: counted(costs.twap), look: 'other' },
          { values: counted(costs.optimum), look: 'third' },
          { values: counted(costs.agent), look: 'live' },
        ]
      : [],
    {
      name: costs.agent.length ? 'share of paths' : 'share of paths: none yet',
      steps: BINS,
      from: 0.5,
      ticks: TICKS.map((at) => [((at - FROM) / (TO - FROM)) * BINS, inPoints(at)]),
    },
  );
}

async function begin(seed: number): Promise<void> {
  mine = { seed, left: [PROBLEM.shares], cost: 0 };
  beside = await sellOn(seed, 1, policy);
  showMine();
}

/** The reader's sale of the day, on the path that the others met too. */
function sellToday(): void {
  const day = mine.left.length - 1;
  const before = mine.left[day];
  const sold = day === PROBLEM.slices - 1 ? before : (before * Number(slider.value)) / 100;
  const z = pathsOf(mine.seed, 1).data[day];
  mine = { ...mine, left: [...mine.left, before - sold], cost: mine.cost + sell(sold, before - sold, z) };
  showMine();
}

function showMine(): void {
  const day = mine.left.length - 1;
  const isOver = day === PROBLEM.slices;
  slider.disabled = isOver || day === PROBLEM.slices - 1;
  const today = byId<HTMLButtonElement>('today');
  if (isOver && document.activeElement === today) byId('another').focus(); // a button that is disabled under the focus loses it to the page's head
  today.disabled = isOver;
  byId('sell-now').textContent = isOver
    ? ''
    : `${day >= PROBLEM.slices - 1 ? 100 : slider.value} % of ${Math.round(mine.left[day]).toLocaleString('en')} shares`;
  byId('day').textContent = isOver ? 'sold' : `day ${day + 1} of ${PROBLEM.slices}`;
  byId('lost').textContent = `${isOver ? 'lost' : 'lost so far'} ${points(mine.cost)}`;
  byId('verdict').textContent =
    isOver && beside
      ? `You lost ${points(mine.cost)}; on the same path the agent lost ${points(beside.agent[0])}, even sales ${points(beside.twap[0])}, the closed form ${points(beside.optimum[0])}.`
      : '';
  const millions = (holdings: ArrayLike<number>) => Array.from(holdings, (x) => x / 1e6);
  drawLines(
    byId<SVGSVGElement>('holdings'),
    [
      { values: millions(SCHEDULES.twap), look: 'other' },
      { values: millions(SCHEDULES.optimum), look: 'third' },
      ...(isOver && beside ? [{ values: millions(beside.holdings), look: 'live' }] : []),
      { values: millions(mine.left), look: 'own' },
    ],
    {
      name: 'shares left, in millions',
      steps: PROBLEM.slices,
      ticks: Array.from({ length: PROBLEM.slices + 1 }, (_, day) => [day, String(day)]),
    },
  );
}

byId('hundred').addEventListener('click', () => runAndShow(100));
byId('thousands').addEventListener('click', () => runAndShow(5000));
byId('today').addEventListener('click', sellToday);
byId('another').addEventListener('click', () => begin(mine.seed + 1));
slider.addEventListener('input', showMine);
await begin(1);
show();
for (const control of document.querySelectorAll<HTMLButtonElement>('#controls [disabled]')) control.disabled = false;
showMine();
