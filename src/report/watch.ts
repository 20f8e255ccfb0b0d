import { randomUUID } from 'node:crypto';
import type { Row } from '../base/index.js';
import { fixed, significant } from '../base/index.js';
import { cellHook, display, extent } from '../base/internal.js';
import type { Run, Watch } from '../train/index.js';
import { line } from './figures.js';
import { type Progress, progress } from './progress.js';

/**
 * Shows a run while it trains: how far it is, its rate, the time left and its losses.
 *
 *     await fit(training, { step, batch, steps: 2000, watch: watch('LSTM') });
 *
 * In the kernel that is a line and a chart, both redrawn in place; in a terminal the line. Drawing takes at most a twentieth of the time.
 */
export function watch(label: string): Watch {
  const update = randomUUID();
  let bar: Progress | undefined;
  let drawing: Promise<void> | undefined;
  let next = performance.now() + 1000;
  const draw = async (training: Run<unknown>) => {
    const begun = performance.now();
    display(await line(lossCurves(label, training)), { update });
    next = performance.now() + Math.max(1000, 20 * (performance.now() - begun));
    drawing = undefined;
  };
  return {
    step(training, steps) {
      bar ??= progress(steps, { label, from: training.step - 1 });
      bar.tick(training.step, note(training));
      if (performance.now() >= next && cellHook('display')) drawing ??= draw(training);
    },
    async end(training) {
      await drawing;
      bar?.end(note(training));
      if (training.losses.length > 1 && cellHook('display')) await draw(training);
    },
  };
}

function note({ losses, validations, best }: Run<unknown>): string {
  const last = validations.at(-1);
  const validation =
    last && best ? ` · validation ${significant(last.loss)}, best ${significant(best.loss)} at step ${fixed(best.step, 0)}` : '';
  return `loss ${significant(losses.at(-1) ?? Number.NaN)}${validation}`;
}

const POINTS = 200;

/** The losses of training, as means over equal spans of steps, and those of validation. */
function lossCurves(label: string, { losses, validations, best }: Run<unknown>): Parameters<typeof line>[0] {
  const span = Math.ceil(losses.length / POINTS);
  const rows: Row[] = [];
  for (let start = 0; start < losses.length; start += span) {
    const part = losses.slice(start, start + span).filter(Number.isFinite);
    if (part.length > 0)
      rows.push({ step: start + part.length, loss: part.reduce((sum, loss) => sum + loss, 0) / part.length, on: 'training' });
  }
  const every = Math.ceil(validations.length / POINTS);
  for (const [i, { step, loss }] of validations.entries())
    if (i % every === 0 || step === best?.step) rows.push({ step, loss, on: 'validation' });
  const [low, high] = extent(rows.map(({ loss }) => Number(loss)));
  const log = low > 0 && high > 20 * low;
  return {
    title: `${label}: loss`,
    subtitle: [span > 1 ? `training: means over ${span} steps` : '', best ? `dashed: the best validation, step ${fixed(best.step, 0)}` : '']
      .filter(Boolean)
      .join('; '),
    rows,
    x: { field: 'step', title: 'step' },
    y: { field: 'loss', title: 'loss', log },
    series: 'on',
    rules: best ? [{ x: best.step }] : [],
  };
}
