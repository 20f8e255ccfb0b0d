import { writeFileSync } from 'node:fs';
import { UNSUPPORTED, UNSUPPORTED_TYPES } from '../../src/tensor/trace/kernels/unsupported.js';

/** Writes unsupported.md: each kernel, its reason, and how many of tfjs-core's tests call it. */
export function writeTable(specs: readonly (readonly string[])[]): void {
  const others = [...new Set(specs.flat())].filter((kernel) => !UNSUPPORTED.has(kernel)).sort();
  const typed = others.map((kernel) => [kernel, UNSUPPORTED_TYPES.get(kernel.split(' of ')[1])] as const);
  const count = (kernel: string) => specs.filter((called) => called.includes(kernel)).length;
  const rows = [...UNSUPPORTED, ...typed].map(([kernel, reason]) => `| ${kernel} | ${count(kernel)} | ${reason} |`);
  const text = `# Kernels the tracing backend does not have

Made by \`npm run conformance -- --table\`. One of tfjs-core's tests counts as unsupported when it calls one of them.

| kernel | tests that call it | reason |
|---|---|---|
${rows.join('\n')}
`;
  writeFileSync(new URL('unsupported.md', import.meta.url), text);
}
