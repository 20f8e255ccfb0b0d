import { Command } from 'commander';
import { type InstallOptions, installKernel } from '../kernel/index.js';

/** `lemmata kernel …`: the TypeScript kernel for Jupyter. */
export function kernelCommand(): Command {
  const kernel = new Command('kernel').description('the TypeScript kernel for Jupyter and VS Code');
  kernel
    .command('install')
    .description('register the kernel, for this user unless told otherwise')
    .option('--user', 'for this user')
    .option('--sys-prefix', 'into the active Python environment')
    .option('--prefix <folder>', 'into <folder>/share/jupyter')
    .action((options: InstallOptions) => void process.stdout.write(`kernel registered in ${installKernel(options)}\n`));
  return kernel;
}
