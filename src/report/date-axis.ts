import type { Spec } from './plot.js';

/** A step of ticks on an axis of dates. */
interface Step {
  readonly interval: 'minutes' | 'hours' | 'day' | 'week' | 'month' | 'year';
  readonly step: number;
  readonly days: number;
}

const stepsOf = (interval: Step['interval'], days: number, steps: readonly number[]): Step[] =>
  steps.map((step) => ({ interval, step, days: days * step }));

/** From fine to coarse; those of a month and a year by their mean length. */
const STEPS: readonly Step[] = [
  ...stepsOf('minutes', 1 / 1440, [1, 5, 15, 30]),
  ...stepsOf('hours', 1 / 24, [1, 3, 6, 12]),
  ...stepsOf('day', 1, [1, 2]),
  ...stepsOf('week', 7, [1, 2]),
  ...stepsOf('month', 30.44, [1, 3]),
  ...stepsOf('year', 365.25, [1, 2, 5, 10, 20, 50]),
];

/** What a label says, what stands below it where that begins anew, when this is, and how many pixels the wider of the two takes. */
const LABELS = {
  time: { says: '%H:%M', below: '%Y-%m-%d', anew: 'utchours(datum.value) + utcminutes(datum.value) === 0', pixels: 66 },
  day: { says: '%b %-d', below: '%Y', anew: '', pixels: 46 },
  month: { says: '%b', below: '%Y', anew: 'utcmonth(datum.value) === 0', pixels: 36 },
  year: { says: '%Y', below: '', anew: '', pixels: 36 },
} as const;

const labelOf = ({ interval }: Step) =>
  LABELS[interval === 'minutes' || interval === 'hours' ? 'time' : interval === 'day' || interval === 'week' ? 'day' : interval];

/**
 * The axis of dates from `first` to `last` on so many pixels: ticks as close as their labels allow, and the year wherever one begins. Left to
 * itself Vega writes the year in place of January, where it is the first to give way to its neighbours, and on less than a year not at all.
 */
export function dateAxis(first: string, last: string, width: number): Spec {
  const days = (Date.parse(last) - Date.parse(first)) / 86_400_000;
  const finest = first.length > 10 ? 0 : 1;
  const chosen = STEPS.find((step) => step.days >= finest && (days / step.days) * labelOf(step).pixels <= width) ?? STEPS[STEPS.length - 1];
  const { says, below, anew } = labelOf(chosen);
  const axis = { tickCount: { interval: chosen.interval, step: chosen.step }, labelFlush: false };
  if (!below) return { ...axis, format: says };
  const begins = anew || `utcdayofyear(datum.value) <= ${chosen.days}`;
  const words = (format: string) => `utcFormat(datum.value, '${format}')`;
  return { ...axis, labelExpr: `datum.index === 0 || ${begins} ? [${words(says)}, ${words(below)}] : ${words(says)}` };
}
