import type { Matrix } from '../../../src/linalg/index.js';
import { boostedTrees, predictTrees } from '../../../src/models/index.js';
import { best, type Fitted, type Labels } from './fitted.js';
import { rowsOf, type Tape } from './tape.js';

/** Leaves of a tree, of which one is chosen; all else was fixed beforehand. */
const LEAVES = [8, 32, 128];
const RATE = 0.1;
/** Rows of a leaf at least: rows of one interval, some twenty, have one label. */
const LEAST_ROWS = 200;

/**
 * Boosted trees that cannot learn which way this one session went: each row is learnt from twice, as it was and in a mirror, prices up for down,
 * and a forecast is the mean of both views.
 */
export function trees(tape: Tape, { x, odd }: { x: Matrix; odd: readonly boolean[] }, y: Labels, loss: 'squared' | 'logistic'): Fitted {
  const of = (part: 'train' | 'validation' | 'test') => rowsOf(x, tape.labels, tape[part]);
  const inMirror = (m: Matrix): Matrix => ({ ...m, data: m.data.map((value, at) => (odd[at % m.cols] ? -value : value)) });
  const turned = (value: number) => (loss === 'logistic' ? 1 - value : -value);
  const twice = (m: Matrix, labels: Float64Array) => ({
    x: { ...m, rows: 2 * m.rows, data: joined(m.data, inMirror(m).data) },
    y: joined(labels, labels.map(turned)),
  });
  const [train, validation] = [twice(of('train'), y.train), twice(of('validation'), y.validation)];
  const test = of('test');
  return best(LEAVES, (leaves) => {
    const fit = boostedTrees(train, { loss, validation, rate: RATE, leaves, leastRows: LEAST_ROWS });
    const [seen, mirrored] = [test, inMirror(test)].map((rows) => predictTrees(fit, rows));
    return { forecasts: seen.map((value, i) => (value + turned(mirrored[i])) / 2), validation: fit.validation, penalty: leaves };
  });
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
