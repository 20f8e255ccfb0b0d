import * as tf from '@tensorflow/tfjs';
import { addPositions, sinusoidalPositions, timestampPositions } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  sinusoids: {
    functions: ['sinusoids'],
    hand({ sinusoids }, [x], dy) {
      const [T, D] = x.shape;
      const table: Float64Array = sinusoids(T, D);
      return { y: x.data.map((value, i) => value + table[i]), grads: [dy] };
    },
    library(x) {
      const [T, D] = x.shape;
      const table = tf.tensor2d(sinusoidalPositions(T, D).data, [T, D]);
      return addPositions(table, x.expandDims(0)).squeeze([0]);
    },
    libraryWithin: 1e-7, // its table is float32
  },
  learned: {
    functions: ['addPositionsForward', 'addPositionsBackward'],
    hand({ addPositionsForward, addPositionsBackward }, [x, table], dy) {
      const steps = x.shape[1];
      const { dx, dTable } = addPositionsBackward(dy, table.data, { steps, width: x.shape[2] });
      return { y: addPositionsForward(table.data, x.data, { steps, width: x.shape[2] }), grads: [dx, dTable] };
    },
    library: (x, table) => addPositions(table, x),
  },
  calendar: {
    functions: ['calendarForward', 'calendarBackward'],
    hand({ calendarForward, calendarBackward }, [weekday, month, fields], dy) {
      const columns = [2, 4].map((field) => Int32Array.from({ length: fields.shape[0] }, (_, t) => fields.data[5 * t + field]));
      const tables = [weekday.data, month.data];
      return { y: calendarForward(tables, columns, weekday.shape[1]), grads: calendarBackward(dy, tables, columns, weekday.shape[1]) };
    },
    library: (weekday, month, fields) => timestampPositions({ weekday, month }, fields.toInt()),
  },
};
