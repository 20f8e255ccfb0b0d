import { ACTION_FIELDS, type Frame } from '../frame/frame.js';
import { GAP, spansOf } from '../frame/listing.js';
import { type AuditFinding, finding } from './finding.js';

/** Who ends while others go on: delisted, or a file that was cut short. */
export function endRules(frame: Frame): AuditFinding[] {
  const { assets, dates, listed } = frame;
  const { last } = spansOf(frame);
  const end = Math.max(...last);
  const fields = Object.keys(frame.fields).filter((name) => !ACTION_FIELDS.includes(name));
  return assets.flatMap((_, n) => {
    if (last[n] < 0 || end - last[n] <= GAP) return [];
    const isTold = listed?.[(last[n] + 1) * assets.length + n] === 0;
    return finding(frame, n, 'ends before the others', [last[n]], {
      fields,
      what:
        `its last value is of ${dates[last[n]]}, ${end - last[n]} rows before others end; ` +
        (isTold ? 'it is not listed from then on' : "nothing says that it is delisted: the frame's listed would"),
      excludes: false,
    });
  });
}
