import type { Row } from '../../../src/base/index.js';
import { boxedEwma, greatestEwma, linearReturns, reach, returnForecasts, weightsOfCloses } from './exact.js';
import { alone, byDate, interval, rowOf } from './judge.js';
import type { attacker, Place } from './models.js';
import { attacked, bouncedCloses, EPSILON, EPSILONS } from './study.js';

const DAYS = 252;

/**
 * What is known exactly: the greatest variance that RiskMetrics can be brought to, against what the attack finds; and how many signs of linear
 * return forecasts a bound can turn, against how many chance turns.
 */
export async function exactly(
  place: Place,
  attack: ReturnType<typeof attacker>,
  ewma: unknown,
  quick: boolean,
): Promise<Record<string, Row[]>> {
  const { market, fold } = place;
  const N = market.task.assets.length;
  const some = attacked(place, quick ? 1 : 5);
  const [clean, { up }] = [await attack.forecasts(place, ewma, some), await attack.moved(place, ewma, some, EPSILON)];
  const found = Array.from(some, (cell, i) => {
    const r = Float64Array.from({ length: DAYS }, (_, k) => {
      const at = cell - (DAYS - 1 - k) * N;
      return 1e4 * (market.closes[at] - market.closes[at - N]);
    });
    const [none, most, box] = [greatestEwma(r, 0), greatestEwma(r, EPSILON), boxedEwma(r, EPSILON)];
    return { share: (up[i] - clean[i]) / Math.log(most / none), box: Math.log(box / none) / Math.log(most / none) };
  });
  const of = (what: string, values: number[]) => rowOf({ fold: fold.name, what }, interval(alone(byDate(market, some, values))));
  const searched = [
    of(
      'found of the greatest rise',
      found.map(({ share }) => share),
    ),
    of(
      'a box in returns over the greatest rise',
      found.map(({ box }) => box),
    ),
    of(
      'last returns within ten basis points, where the floor has no slope',
      Array.from(some, (cell) => Number(Math.abs(market.closes[cell] - market.closes[cell - N]) < 1e-3)),
    ),
  ];
  const cells = fold.cells.test;
  const signs = Object.entries(linearReturns(place)).flatMap(([model, linear]) => {
    const { closes, box } = reach(linear);
    const f = returnForecasts(place, linear);
    const outcome = Float64Array.from(cells, (cell) => market.closes[cell + N] - market.closes[cell]);
    const distance = f.map((one) => Math.abs(one) / (1e-4 * closes)); // in basis points
    const right = (at: (i: number) => boolean) =>
      interval(
        alone(
          byDate(
            market,
            cells,
            f.map((one, i) => Number(one * outcome[i] > 0 && at(i))),
          ),
        ),
      );
    return EPSILONS.map((epsilon) => {
      const shaken = returnForecasts(place, linear, bouncedCloses(market, epsilon));
      const turned = interval(
        alone(
          byDate(
            market,
            cells,
            f.map((one, i) => Number(one * shaken[i] <= 0)),
          ),
        ),
      );
      const all = right(() => true);
      const sure = right((i) => distance[i] > epsilon);
      return rowOf(
        {
          ...{ model, fold: fold.name, epsilon, moves: epsilon * closes, box: box / closes },
          ...{ chance: turned.value, chanceLow: turned.low, chanceHigh: turned.high },
          ...{ right: all.value, rightLow: all.low, rightHigh: all.high, sure: sure.value, sureLow: sure.low, sureHigh: sure.high },
          length: Math.hypot(...weightsOfCloses(linear)),
        },
        interval(
          alone(
            byDate(
              market,
              cells,
              distance.map((d) => Number(d <= epsilon)),
            ),
          ),
        ),
      );
    });
  });
  return { searched, signs };
}
