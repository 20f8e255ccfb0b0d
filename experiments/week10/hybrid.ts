import { RESEARCH } from '../../src/trade/index.js';
import type { Experiment, Found } from '../experiment.js';
import { told } from './hybrid/report.js';
import { taskOf, UNIVERSES, type UniverseName } from './hybrid/task.js';
import { run } from './hybrid/universe.js';

/*
 * Views of a Bayesian net and a transformer with their doubt, a graph's variances, Black and Litterman's posterior, a constrained portfolio: beside
 * equal parts of the same names and the same with closed forms, walking forward. The reference portfolio is 1/N, declared, and no equilibrium.
 */

/** The funds end on the first day of July 2016. */
const END: Record<UniverseName, string> = { stocks: RESEARCH.to, etfs: '2016-06-30' };
const LOGS: Record<UniverseName, string> = { stocks: 'week10-hybrid', etfs: 'week10-hybrid-etfs' };

const experiment: Experiment = {
  name: 'week10/hybrid',
  about:
    'Portfolios of twenty stocks, 1995 to 2016, and of 23 funds, 2012 to 2016, by views of nets and of closed forms in Black and Litterman’s posterior, beside equal parts.',
  seed: 10,
  data: [UNIVERSES.stocks.source],
  parts: ['stocks', 'etfs'],
  sanity: { 'stocks.months': { atLeast: 264, atMost: 264 }, 'stocks.mean': { atLeast: -15, atMost: 15 } },
  async run({ part, quick, folder, onStep }) {
    const name = part as UniverseName;
    const task = await taskOf(name, { to: END[name] });
    const begun = process.cpuUsage();
    const log = quick ? undefined : LOGS[name];
    const found = await run(task, { folder, quick, onStep, log });
    const { user, system } = process.cpuUsage(begun);
    // The deflation reads the log of its own trials, which are recorded by now.
    return { ...told(name, found, log), minutes: { [name]: (user + system) / 6e7 } } satisfies Found;
  },
};
export default experiment;
