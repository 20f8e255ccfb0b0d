import type { SweepConfig } from './sweep.js';
import { work } from './worker.js';

/** The process of one worker: it is told what to do, and ends when its parent does. */
process.once('disconnect', () => process.exit(1));
process.once('message', async ({ config, worker }: { config: SweepConfig; worker: string }) => {
  try {
    await work(config, worker);
    process.exit(0);
  } catch (error) {
    process.send!({ fault: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
  }
});
