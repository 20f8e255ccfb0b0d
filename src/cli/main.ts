#!/usr/bin/env node
import { Command } from 'commander';
import { dataCommand } from './data.js';
import { version } from './version.js';

const program = new Command('lemmata')
  .description('A quant machine-learning laboratory in TypeScript.')
  .version(version())
  .option('--verbose', 'show the stack trace of an error')
  .addCommand(dataCommand());

program.parseAsync().catch((error: unknown) => {
  const { verbose } = program.opts<{ verbose?: boolean }>();
  const text = error instanceof Error ? (verbose ? error.stack : error.message) : String(error);
  process.stderr.write(`error: ${text}\n`);
  process.exitCode = 1;
});
