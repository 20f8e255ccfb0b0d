#!/usr/bin/env node
import { setSourceMapsSupport } from 'node:module';
import { buildIfStale } from './build.js';

/** `main.js <connection file>`: what the kernelspec starts. Nothing else is loaded before `dist/` is fresh. */
async function main(connectionFile: string): Promise<void> {
  setSourceMapsSupport(true, { nodeModules: false }); // counts for modules loaded from here on
  const problems = await buildIfStale();
  const { runKernel } = await import('./kernel.js');
  runKernel(connectionFile, problems);
}

main(process.argv[2]!);
