import { openVault, RESEARCH } from '../../../src/trade/index.js';
import type { Experiment, Found } from '../../experiment.js';
import { SETTINGS } from './nets.js';
import { RULES } from './portfolios.js';
import { told } from './report.js';
import { FEATURES, taskOf, UNIVERSES } from './task.js';
import { run } from './universe.js';

/*
 * The hybrid and its rivals as they were frozen, in the years that no choice has seen: npm run experiments -- experiments/week10/hybrid/vault.ts opens the vault,
 * once, when nothing will be chosen any more. It lies here and not beside hybrid.ts, where it would have to have a result; until it is run, the years are sealed.
 */
const experiment: Experiment = {
  name: 'week10/vault',
  about: 'The frozen hybrid and its rivals on twenty stocks in the sealed years, 2017 to 2022, beside equal parts.',
  seed: 10,
  data: [UNIVERSES.stocks.source],
  sanity: { 'vault.months': { atLeast: 72, atMost: 72 } },
  async run({ quick, folder, onStep }) {
    // A slice is of the last year that may be seen.
    const span = quick ? { from: 2016, to: RESEARCH.to } : { from: 2017, to: await opened() };
    const task = await taskOf('stocks', span);
    const begun = process.cpuUsage();
    const found = await run(task, { folder, quick, onStep });
    const { user, system } = process.cpuUsage(begun);
    return { ...told('vault', found), minutes: { vault: (user + system) / 6e7 } } satisfies Found;
  },
};
export default experiment;

async function opened(): Promise<string> {
  const { to } = await openVault({
    result: 'week10-hybrid',
    reason: 'The hybrid, its rivals and the decision of week 10 are final; the years after 2016 judge them.',
    frozen: { rules: RULES, nets: SETTINGS, features: FEATURES },
  });
  return to;
}
