import type { Bundle, Row } from '../base/index.js';
import { type AuditFinding, audit, type Frame, usable } from '../market/index.js';
import { dateAxis } from './date-axis.js';
import { GREY, PALETTE, plot } from './plot.js';

/**
 * What an audit found, when: a line for each asset and rule, coloured where `usable` leaves the rows out and grey where they are told only.
 * Below the title stands which part of the values is left out, for whatever uses all fields.
 *
 *     await show(await auditPlot(frame))
 *
 * @param findings  of `audit(frame)`; made anew unless given
 * @throws          when nothing was found: there is nothing to draw, and to say so is enough
 */
export async function auditPlot(frame: Frame, findings: readonly AuditFinding[] = audit(frame)): Promise<Bundle> {
  if (findings.length === 0)
    throw new Error(`auditPlot: the audit of ${frame.source} found nothing, so there is no picture; say that it passed`);
  const mask = usable(frame, findings);
  const out = mask.reduce((sum, one) => sum + 1 - one, 0);
  const rows = findings.flatMap((one) => spans(one, frame.dates));
  const axis = dateAxis(frame.dates[0], frame.dates.at(-1)!, WIDTH);
  const x = { field: 'from', type: 'temporal', title: 'date', scale: { type: 'utc' }, axis };
  const y = { field: 'what', type: 'nominal', title: 'asset and rule', sort: null, axis: { labelLimit: 260 } };
  const color = {
    field: 'use',
    type: 'nominal',
    scale: { domain: USES, range: [PALETTE[3], GREY] },
    legend: { orient: 'top', title: null },
  };
  return plot({
    title: {
      text: `Which data of ${frame.source} are not what they seem?`,
      subtitle: `${((100 * out) / mask.length).toFixed(2)} % of the dates of ${frame.assets.length === 1 ? frame.assets[0] : `${frame.assets.length} assets`} are left out where all fields are used`,
    },
    width: WIDTH,
    height: { step: 18 },
    data: { values: rows },
    layer: [
      // the whole history, also where nothing was found
      {
        data: { values: [frame.dates[0], frame.dates.at(-1)].map((from) => ({ from })) },
        mark: { type: 'tick', opacity: 0 },
        encoding: { x },
      },
      { mark: { type: 'bar', height: 10 }, encoding: { x, x2: { field: 'to' }, y, color } },
      { mark: { type: 'tick', thickness: 1.5, height: 10 }, encoding: { x, y, color } }, // a single day is narrower than a pixel
    ],
  });
}

const WIDTH = 560;
const USES = ['left out', 'told only'];

/** Rows that follow each other within a month, as one span. */
function spans({ asset, rule, rows, excludes }: AuditFinding, dates: readonly string[]): Row[] {
  const found: { from: number; to: number }[] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && row - last.to <= 21) last.to = row;
    else found.push({ from: row, to: row });
  }
  return found.map(({ from, to }) => ({ what: `${asset}: ${rule}`, use: USES[excludes ? 0 : 1], from: dates[from], to: dates[to] }));
}
