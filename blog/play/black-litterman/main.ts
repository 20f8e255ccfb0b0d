import { byId } from '../look.js';
import { CANADA, CAPITAL, clash, GERMANY, MARKETS, type Opinion, type Outcome, outcomeOf } from './markets.js';

const SVG = 'http://www.w3.org/2000/svg';
const slider = (id: string) => Number(byId<HTMLInputElement>(id).value);
const percent = (value: number, digits = 1) => `${(100 * value).toFixed(digits).replace('-', '−')}\u00a0%`;

/** What the reader's third view is of: one market, or one against another. */
function own(): Opinion['views'][number]['weights'] {
  const [long, short] = ['long', 'short'].map((id) => byId<HTMLSelectElement>(id).value);
  if (long === short) throw new Error(`a market does not earn more than itself: choose another than ${long}`);
  return short === '' ? { [long]: 1 } : { [long]: 1, [short]: -1 };
}

function opinion(): Opinion {
  const view = (name: string, weights: () => Opinion['views'][number]['weights']) => {
    const confidence = slider(`${name}-sure`) / 100;
    return confidence === 0 ? [] : [{ weights: weights(), mean: slider(`${name}-mean`) / 100, confidence }];
  };
  const views = [...view('germany', () => GERMANY), ...view('canada', () => CANADA), ...view('own', own)];
  const found = clash(views);
  if (found) throw new Error(found);
  return { views, riskAversion: slider('aversion') };
}

function show(): void {
  for (const name of ['germany', 'canada', 'own']) {
    byId(`${name}-mean-now`).textContent = percent(slider(`${name}-mean`) / 100);
    const sure = slider(`${name}-sure`);
    byId(`${name}-sure-now`).textContent = sure === 0 ? '0 %: left out' : sure === 100 ? '100 %: certain' : `${sure} %`;
  }
  byId('aversion-now').textContent = slider('aversion').toFixed(1);
  try {
    const outcome = outcomeOf(opinion());
    byId('status').textContent = '';
    rows(outcome);
    bars(outcome.weights);
  } catch (error) {
    rows({ prior: outcomeOf({ views: [], riskAversion: slider('aversion') }).prior });
    bars();
    byId('status').textContent = `No portfolio: ${(error as Error).message.replace(/^\w+: /, '')}.`;
  }
}

/** A row a market, each number with all its digits in `value`; dashes for what the views do not give. */
function rows({ prior, mean, weights }: Pick<Outcome, 'prior'> & Partial<Outcome>): void {
  const cash = weights && 1 - weights.reduce((a, b) => a + b, 0);
  const row = (name: string, values: readonly (number | undefined)[]) => {
    const made = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = name;
    made.append(head);
    for (const value of values) {
      const cell = made.insertCell();
      cell.className = 'right';
      cell.textContent = '–';
      if (value === undefined) continue;
      const data = document.createElement('data');
      data.value = String(value);
      data.textContent = percent(value);
      cell.replaceChildren(data);
    }
    return made;
  };
  byId('rows').replaceChildren(
    ...MARKETS.map((name, i) => row(name, [prior[i], mean?.[i], CAPITAL[i], weights?.[i]])),
    row('cash', [undefined, undefined, 0, cash]),
  );
}

/** Two bars a market: the world's weight above, the weight with the views below, where there is one. */
function bars(weights: ArrayLike<number> = []): void {
  const [left, right, height] = [76, 370, 32];
  const low = Math.min(0, ...Array.from(weights)) * 1.05;
  const high = Math.max(0, ...CAPITAL, ...Array.from(weights)) * 1.05;
  const across = (value: number) => left + ((right - left) * (value - low)) / (high - low);
  const pace = [0.2, 0.5, 1, 2, 5].find((one) => (high - low) / one <= 6) ?? 10;
  const from = Math.ceil(low / pace);
  const ticks = Array.from({ length: Math.floor(high / pace) - from + 1 }, (_, k) => (from + k) * pace);
  const element = (tag: string, attributes: Record<string, string | number>, text = '') => {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.textContent = text;
    return made;
  };
  const bar = (look: string, value: number, y: number) =>
    element('rect', {
      class: look,
      x: across(Math.min(0, value)).toFixed(2),
      y,
      width: Math.abs(across(value) - across(0)).toFixed(2),
      height: 11,
    });
  byId('bars').replaceChildren(
    ...MARKETS.flatMap((name, i) => [
      element('text', { x: left - 8, y: i * height + 19, 'text-anchor': 'end' }, name),
      bar('world', CAPITAL[i], i * height + 3),
      ...(weights.length ? [bar('mine', weights[i], i * height + 15)] : []),
    ]),
    ...ticks.map((at) =>
      element('text', { x: across(at).toFixed(1), y: MARKETS.length * height + 14, 'text-anchor': 'middle' }, percent(at, 0)),
    ),
    element('path', {
      class: 'axis',
      d: `M${across(0).toFixed(2)} 0V${MARKETS.length * height}M${left} ${MARKETS.length * height}H${right}`,
    }),
  );
}

for (const id of ['long', 'short'])
  byId(id).append(
    ...MARKETS.map((name) => {
      const first = id === 'long' && name === 'Japan';
      return new Option(name, name, first, first); // chosen now, and when the form is reset
    }),
  );
byId('controls').addEventListener('input', show);
byId('controls').addEventListener('reset', () => setTimeout(show));
show();
