// npm run bench [-- agents|book|citations|compile|environments|statistics|features|kernel|noise|recurrence] [-- options]: the training workloads, or another table by its name.
const tables: Readonly<Record<string, string>> = {
  training: './training.js',
  agents: './agents/main.js',
  book: './book/main.js',
  citations: './citations/main.js',
  compile: './compile/main.js',
  environments: './environments/main.js',
  statistics: './statistics/main.js',
  features: './features/main.js',
  kernel: './kernel/main.js',
  noise: './noise/main.js',
  recurrence: './recurrence/main.js',
};
const [, , first = ''] = process.argv;
const named = first.startsWith('--') || first === '' ? 'training' : first;
if (!(named in tables)) {
  console.error(`npm run bench -- ${named}: no such table; there are ${Object.keys(tables).join(', ')}`);
  process.exit(2);
}
await import(tables[named]);
