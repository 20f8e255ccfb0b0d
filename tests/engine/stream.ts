// `stream.ts <file>`: trains one epoch on a Parquet file of columns c0 … c7 and prints how many MB the process grew by at most.

import { key } from '../../src/base/random.js';
import { parquetBatches } from '../../src/market/store/parquet-batches.js';
import { fit } from '../../src/train/fit.js';
import { run } from '../../src/train/run.js';

const columns = { x: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'], y: ['c7'] };
const peak = () => process.resourceUsage().maxRSS / 1024;

const warm = await parquetBatches(process.argv[2], { columns, size: 1000 });
await warm.batch(0); // loads DuckDB and one row group
const before = peak();
const data = await parquetBatches(process.argv[2], { columns, size: 1000, key: key(1) });
const training = run(0);
const step = (sum: number, { y }: Awaited<ReturnType<typeof data.batch>>) => {
  const loss = y.data.reduce((total, value) => total + value, 0) / y.data.length;
  return { state: sum + loss, loss };
};
await fit(training, { step, batch: data.batch, steps: data.stepsPerEpoch });
console.log(JSON.stringify({ rows: data.rows, mean: training.state / data.stepsPerEpoch, growth: peak() - before }));
