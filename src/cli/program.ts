import { Command } from 'commander';
import { packageVersion } from '../base/internal.js';
import { dataCommand } from './data.js';
import { kernelCommand } from './kernel.js';
import { newCommand } from './new.js';
import { trainCommand } from './train.js';
import { vaultCommand } from './vault.js';

/** Runs the `lemmata` command and returns its exit status. An error is one paragraph; `--verbose` adds where it was thrown. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const program = new Command('lemmata')
    .description('A quant machine-learning laboratory in TypeScript.')
    .version(packageVersion())
    .option('--verbose', 'show where an error was thrown')
    .addCommand(dataCommand())
    .addCommand(kernelCommand())
    .addCommand(newCommand())
    .addCommand(trainCommand())
    .addCommand(vaultCommand());
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { verbose } = program.opts<{ verbose?: boolean }>();
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${verbose && error instanceof Error ? error.stack : `error: ${message}`}\n`);
    return 1;
  }
}
