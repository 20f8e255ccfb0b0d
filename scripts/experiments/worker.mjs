// One part of an experiment in a process of its own: worker.mjs FILE PART FOLDER full|quick. Says by messages how far it is and what it found.
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [file, part, folder, length] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
/** @type {import('../../experiments/experiment.ts').Experiment} */
const experiment = (await import(pathToFileURL(file).href)).default;
let said = 0;
const found = await experiment.run({
  part,
  folder,
  quick: length === 'quick',
  onStep(done, total, note) {
    if (performance.now() - said < 200 && done < total) return;
    said = performance.now();
    process.send?.({ done, total, note });
  },
});
process.send?.({ found }, () => process.exit());
