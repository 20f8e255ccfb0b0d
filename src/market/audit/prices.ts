import { ACTION_FIELDS, type Frame } from '../frame/frame.js';
import { type AuditFinding, type AuditThresholds, columnOf, finding, inPercent, yearsOf } from './finding.js';
import { type UnlikelyMove, unlikelyMoves } from './moves.js';

/** What is wrong with the prices of one asset. */
export function priceRules(
  frame: Frame,
  n: number,
  { unchanged, unchangedRun, distinct }: Required<Pick<AuditThresholds, 'unchanged' | 'unchangedRun' | 'distinct'>>,
): AuditFinding[] {
  const names = Object.keys(frame.fields);
  const isBars = names.includes('close') || names.includes('adjClose');
  const field = names.includes('close') ? 'close' : isBars ? 'adjClose' : names[0];
  const prices = columnOf(frame, field, n);
  const priced = names.filter((name) => name !== 'volume' && !ACTION_FIELDS.includes(name));
  const still = (t: number) => t > 0 && prices[t] === prices[t - 1];
  const enough = (rows: readonly number[]) => rows.length >= 60;

  const years = yearsOf(frame.dates).map(({ year, rows }) => ({ year, rows: rows.filter((t) => !Number.isNaN(prices[t])) }));
  const share = (rows: readonly number[]) => rows.filter(still).length / rows.filter((t) => t > 0).length;
  const stale = years.filter(({ rows }) => enough(rows) && share(rows) >= unchanged);
  const coarse = years.filter(({ rows }) => enough(rows) && new Set(rows.map((t) => prices[t])).size < distinct * rows.length);
  const staleRows = stale.flatMap(({ rows }) => rows);
  const runs = unchangedRuns(prices, unchangedRun).filter((t) => !staleRows.includes(t));
  return [
    ...finding(frame, n, 'stale', staleRows, {
      fields: priced,
      what: `${inPercent(share(staleRows))} of the returns of ${yearList(stale)} are 0; ${inPercent(unchanged)} of a year's or more are stale`,
    }),
    ...finding(frame, n, 'stale', runs, {
      fields: priced,
      what: `${runs.length} rows on which the price had not changed for ${unchangedRun} rows or more`,
    }),
    ...finding(
      frame,
      n,
      'quantised',
      coarse.flatMap(({ rows }) => rows),
      {
        fields: priced,
        what: `fewer than one distinct price in ${1 / distinct} rows of ${yearList(coarse)}: returns are steps of a grid`,
      },
    ),
    ...moveRules(frame, n, names.includes('adjClose') ? 'adjClose' : field, priced),
    ...(names.includes('close') && names.includes('adjClose') ? backAdjusted(frame, n) : []),
  ];
}

const yearList = (years: readonly { readonly year: string }[]): string => {
  const list = years.map(({ year }) => year);
  const runs: string[][] = [];
  for (const year of list) {
    if (Number(runs.at(-1)?.at(-1)) === Number(year) - 1) runs.at(-1)!.push(year);
    else runs.push([year]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(', '))).join(', ');
};

function unchangedRuns(prices: Float64Array, least: number): number[] {
  const rows: number[] = [];
  for (let t = 1, run = 0; t < prices.length; t++) {
    run = prices[t] === prices[t - 1] ? run + 1 : 0;
    if (run === least) for (let k = t - least + 1; k < t; k++) rows.push(k);
    if (run >= least) rows.push(t);
  }
  return rows;
}

function moveRules(frame: Frame, n: number, field: string, fields: readonly string[]): AuditFinding[] {
  const prices = columnOf(frame, field, n);
  if (prices.some((price) => price <= 0)) return []; // spreads and rates have no ratios
  const { dates } = frame;
  const growth = field === 'close' ? growthOf(frame, n, prices) : prices;
  const moves = unlikelyMoves(growth);
  const ended = new Set<UnlikelyMove>();
  return moves.flatMap((one, i) => {
    if (ended.has(one)) return [];
    const { row, before, move, unit, split } = one;
    const ratio = splitOver(frame, n, before, row);
    const over = ratio === 1 ? '' : `, over a split of ${ratio} that is not in it or of another date`;
    const what = `${field} goes from ${prices[before]} to ${prices[row]} on ${dates[row]}${over}`;
    const next = moves[i + 1];
    if (unit) {
      const back = moves.slice(i + 1).find((other) => other.unit === unit && other.move * move < 0);
      if (back) ended.add(back);
      const rows = back ? Array.from({ length: back.row - row }, (_, k) => row + k) : shorterSide(prices, row);
      const stays = back ? '' : ` to the end, so the ${rows.length} rows of the shorter side are left out${TELL}`;
      return finding(frame, n, 'unit switch', rows, { fields, what: `${what}, about ${unit} times or that part: another unit${stays}` });
    }
    if (next && next.before === row && Math.abs(next.move + move) < 0.1 * Math.abs(move)) {
      ended.add(next);
      return finding(frame, n, 'spike', [row], { fields, what: `${what} and back to ${prices[next.row]} on ${dates[next.row]}` });
    }
    // AAPL lost half on 29 September 2000, so it may be right.
    if (split)
      return finding(frame, n, 'split not applied', [row], {
        fields,
        what: `${what}, about ${split} times or that part, and is not left out${TELL}`,
        excludes: false,
      });
    return finding(frame, n, 'jump', [row], { fields, what: `${what}; right in a crash or a take-over`, excludes: false });
  });
}

const TELL = '; if shares were split, say so first: adjust(withActions(frame, actions))';

/** The rows with a price before a row, or from it on, whichever are fewer: returns over both sides would mix two units. */
function shorterSide(prices: Float64Array, row: number): number[] {
  const rows = [...prices.keys()].filter((t) => !Number.isNaN(prices[t]));
  const [before, after] = [rows.filter((t) => t < row), rows.filter((t) => t >= row)];
  return before.length < after.length ? before : after;
}

/** The splits from one row to another, the first left out, that the prices do not hold yet. */
function splitOver({ assets, fields, adjusted }: Frame, n: number, before: number, row: number): number {
  if (!fields.split || (adjusted?.close ?? 'none') !== 'none') return 1;
  let ratio = 1;
  for (let t = before + 1; t <= row; t++) ratio *= fields.split[t * assets.length + n] || 1;
  return ratio;
}

/** What one share has become, so that moves which the fields `split` and `dividend` explain are none: closes times new shares, with dividends. */
function growthOf(frame: Frame, n: number, prices: Float64Array): Float64Array {
  const { assets, fields, adjusted } = frame;
  const dividend = adjusted?.close === 'splits and dividends' ? undefined : fields.dividend;
  const growth = prices.slice();
  for (let t = 0, before = -1, paid = 0; t < prices.length; t++) {
    paid += dividend?.[t * assets.length + n] || 0;
    if (Number.isNaN(prices[t])) continue;
    if (before >= 0) growth[t] = (growth[before] * (prices[t] + paid) * splitOver(frame, n, before, t)) / prices[before];
    [before, paid] = [t, 0];
  }
  return growth;
}

function backAdjusted(frame: Frame, n: number): AuditFinding[] {
  const [close, adjusted] = [columnOf(frame, 'close', n), columnOf(frame, 'adjClose', n)];
  const rows = [...frame.dates.keys()].filter((t) => Math.abs(adjusted[t] / close[t] - 1) > 1e-6);
  const first = adjusted[rows[0]] / close[rows[0]];
  return finding(frame, n, 'back-adjusted', rows, {
    fields: ['adjClose'],
    what: `adjClose is ${inPercent(first)} of close on ${frame.dates[rows[0]]}: its level knows later splits and dividends; use ratios of it`,
    excludes: false,
  });
}
