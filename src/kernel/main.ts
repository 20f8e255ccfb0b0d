#!/usr/bin/env node
import { setSourceMapsSupport } from 'node:module';

/** `main.js <connection file>`: what the kernelspec starts. Nothing else is loaded before `dist/` is fresh. */
async function main(connectionFile: string): Promise<void> {
  const parent = process.ppid; // before the build: who starts us may die during it
  setSourceMapsSupport(true, { nodeModules: false }); // counts for modules loaded from here on
  const { buildIfStale } = await import('./build.js');
  const problems = await buildIfStale();
  const { runKernel } = await import('./kernel.js');
  runKernel({ connectionFile, parent, notice: problems });
}

main(process.argv[2]);
