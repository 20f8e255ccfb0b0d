import type { Row } from '../../../src/base/index.js';
import { mean } from '../../../src/linalg/index.js';
import type { Finding } from '../../../src/report/index.js';
import { holm } from '../../../src/stats/index.js';
import { interval, joined, less, mapped, rowOf, type Series } from './judge.js';
import { EPSILON, EPSILONS } from './study.js';

/** The folds that walk forward come first; the calm years with their crisis are a question of their own. */
const CALM = 'calm to crisis';
/** The training that others are compared with. */
const USUAL = 'as it is';
/** What half a spread costs, in basis points of what is traded. */
const HALF_SPREAD = 3;

/** What all series come to: damage by fold, what trainings change, the curve over the bound, and what is traded. */
export function reported(series: readonly Series[]): { numbers: Record<string, Finding>; tables: Record<string, Row[]> } {
  const folds = [...new Set(series.map(({ fold }) => fold))];
  const walking = folds.filter((fold) => fold !== CALM);
  const spans = [...folds.map((fold) => ({ span: fold, parts: [fold] })), { span: 'all three', parts: walking }];
  const kinds = [...new Set(series.map(({ model, training }) => JSON.stringify([model, training])))].map(
    (kind) => JSON.parse(kind) as [model: string, training: string],
  );
  const of = (model: string, training: string, measure: string, parts: readonly string[]) =>
    joined(
      parts.map((fold) =>
        series
          .filter((one) => one.model === model && one.training === training && one.fold === fold && one.measures[measure])
          .map(({ measures }) => measures[measure]),
      ),
    );
  const spansOf = (model: string, training: string) =>
    spans.filter(({ parts }) =>
      parts.every((fold) => series.some((one) => one.model === model && one.training === training && one.fold === fold)),
    );
  const numbers: Record<string, Finding> = {};
  const damage = kinds.flatMap(([model, training]) =>
    spansOf(model, training).flatMap(({ span, parts }) => {
      const clean = of(model, training, 'clean', parts);
      const some = of(model, training, 'cleanSome', parts);
      const row = (what: string, found: ReturnType<typeof interval>) => rowOf({ model, training, fold: span, what }, found);
      return [
        row('loss', interval(clean)),
        row('bounced', interval(less(of(model, training, 'bounced', parts), clean))),
        row('one step', interval(less(of(model, training, `fast ${EPSILON}`, parts), some))),
        row('worst', interval(less(of(model, training, `worst ${EPSILON}`, parts), some))),
        row('range', interval(of(model, training, `range ${EPSILON}`, parts))),
        row('shift²', interval(of(model, training, 'shift', parts))),
      ];
    }),
  );
  // A slice has one training of a net and nothing to compare it with.
  const rivals = kinds.filter(([model, training]) => training !== USUAL && kinds.some(([one, other]) => one === model && other === USUAL));
  const changes = rivals.flatMap(([model, training]) => {
    return spansOf(model, training).flatMap(({ span, parts }) => {
      const measures = { loss: 'clean', bounced: 'bounced', worst: `worst ${EPSILON}`, range: `range ${EPSILON}`, traded: 'traded' };
      return Object.entries(measures).map(([what, measure]) => {
        const apart = less(of(model, training, measure, parts), of(model, USUAL, measure, parts));
        const bySeed = apart.seeds.map((one) => mean(one));
        return rowOf(
          { model, training, fold: span, what, seeds: apart.seeds.length, least: Math.min(...bySeed), most: Math.max(...bySeed) },
          interval(apart),
        );
      });
    });
  });
  // Of the clean loss, which a training is judged by: one comparison for each model, training and fold.
  const judged = changes.filter(({ what, fold }) => what === 'loss' && fold !== 'all three');
  const corrected = holm(judged.map(({ p }) => Number(p)));
  for (const [i, row] of judged.entries()) (row as Record<string, unknown>).corrected = Number(corrected[i].toPrecision(6));
  const curve = kinds
    .filter(([model, training]) => series.some((one) => one.model === model && one.training === training && one.measures['worst 1']))
    .flatMap(([model, training]) =>
      EPSILONS.map((epsilon) => {
        const first = (measure: string) => {
          const { seeds, lengths } = of(model, training, measure, walking);
          return { seeds: seeds.slice(0, 1), lengths };
        };
        const found = interval(less(first(`worst ${epsilon}`), first('cleanSome')));
        return rowOf({ model, training, epsilon }, found);
      }),
    );
  const turnover = kinds.flatMap(([model, training]) =>
    spansOf(model, training).map(({ span, parts }): Row => {
      const [clean, bounced] = ['traded', 'tradedBounced'].map((measure) => of(model, training, measure, parts));
      const own = interval(mapped(clean, (value) => 252 * value));
      const more = interval(mapped(less(bounced, clean), (value) => 252 * value));
      return rowOf(
        {
          ...{ model, training, fold: span, traded: own.value, tradedLow: own.low, tradedHigh: own.high },
          cost: HALF_SPREAD * own.value,
        },
        more,
      );
    }),
  );
  for (const row of damage.filter(({ fold, what }) => fold === 'all three' && what !== 'shift²')) {
    const { model, training, what, value, low, high } = row as Record<string, string & number>;
    const description =
      what === 'loss'
        ? `${model}, ${training}: mean QLIKE of 2005 to 2016`
        : what === 'range'
          ? `${model}, ${training}: half of how far log h can be moved by ${EPSILON} basis points`
          : `${model}, ${training}: QLIKE that is added by ${EPSILON} basis points, ${what}`;
    numbers[`${slug(model)}.${slug(training)}.${slug(what)}`] = {
      value,
      uncertainty: [low, high],
      unit: '1',
      description,
      tolerance: Math.max(1e-6, 2 * (high - low)),
    };
  }
  return { numbers, tables: { damage, changes, curve, turnover } };
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
