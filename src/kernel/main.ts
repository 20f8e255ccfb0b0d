#!/usr/bin/env node

/** `main.js <connection file>`: what the kernelspec starts. Nothing else is loaded before `dist/` is fresh. */
async function main(connectionFile: string): Promise<void> {
  const parent = process.ppid; // before the build: who starts us may die during it
  const { buildIfStale } = await import('./build.js');
  const notice = await buildIfStale();
  const { supervise } = await import('./supervise.js');
  supervise({ connectionFile, notice }, parent);
}

main(process.argv[2]);
