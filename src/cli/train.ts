import { Command } from 'commander';
import { type MarketProgress, trainMarket } from '../desk/index.js';

/** `lemmata train --config market.yaml`: from one file to a folder with weights, metrics, text and log. */
export function trainCommand(): Command {
  return new Command('train')
    .description('train and judge a market transformer as a file says; the same command goes on where a run was stopped')
    .requiredOption('--config <file>', 'YAML file, as config/market.yaml')
    .option('--out <folder>', 'folder of all runs', 'runs')
    .action(async ({ config, out }: { config: string; out: string }) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort(new Error('stopped; what was done is saved, and the same command goes on from there'));
      process.once('SIGINT', interrupt);
      try {
        const { folder, text, steps } = await trainMarket(config, { out, progress: progressTo(process.stderr), signal: stop.signal });
        process.stdout.write(`${text ? `${text}\n` : ''}${folder}: ${steps} steps; report.md says how it did\n`);
      } finally {
        process.off('SIGINT', interrupt);
      }
    });
}

/** One line that moves where there is a terminal, and a line for each tenth where there is none. */
function progressTo(stream: NodeJS.WriteStream): (event: MarketProgress) => void {
  let [tenth, shown] = [-1, 0];
  let begun: { at: number; done: number } | undefined; // a run may go on from a checkpoint
  return ({ stage, done, of, note }) => {
    const now = performance.now();
    if (stage === 'training' && done !== undefined) begun ??= { at: now, done };
    const pace = begun && done && done > begun.done ? (now - begun.at) / 1000 / (done - begun.done) : undefined;
    const left = pace && of && done ? `, about ${Math.ceil(pace * (of - done))} s left` : '';
    const line = `${stage}${done !== undefined && of ? ` ${done} of ${of}` : ''}${note ? `: ${note}` : ''}${left}`;
    const part = done !== undefined && of ? Math.floor((10 * done) / of) : -1;
    if (stream.isTTY ? now - shown < 100 && done !== of : done !== undefined && part === tenth) return;
    [tenth, shown] = [part, now];
    stream.write(stream.isTTY && stage === 'training' ? `\r\u001b[K${line}${done === of ? '\n' : ''}` : `${line}\n`);
  };
}
