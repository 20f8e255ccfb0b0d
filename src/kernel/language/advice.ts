/** Names of browsers that Node lacks, and what a notebook has instead. */
const BROWSER: Record<string, string> = {
  alert: "print with console.log(…), or ask with await input('…')",
  confirm: "ask with await input('continue? ')",
  document: "show HTML with display.html('<b>…</b>') of 'tslab'",
  window: 'write globalThis for the global scope',
  self: 'write globalThis for the global scope',
  localStorage: 'keep values in variables, or in files with node:fs',
  sessionStorage: 'keep values in variables, or in files with node:fs',
  location: 'the folder of the notebook is process.cwd()',
  history: 'front ends keep the history of the cells',
  XMLHttpRequest: 'fetch a URL with await fetch(…)',
  requestAnimationFrame: 'wait with setTimeout or setImmediate',
  Image: "show an image with display.png(bytes) of 'tslab'",
  Worker: "start a thread with Worker of 'node:worker_threads'",
};

const CANNOT_FIND_NAME = new Set([2304, 2552, 2584, 2503, 2580, 2583]);

/** What to say, instead of what the compiler says, about a name that only browsers have. */
export function adviceOn(code: number, name: string): string | undefined {
  if (!CANNOT_FIND_NAME.has(code)) return undefined;
  if (Object.hasOwn(BROWSER, name)) return `Cannot find name '${name}'. Browsers have it, a notebook runs in Node: ${BROWSER[name]}.`;
  return /^(?:HTML|SVG)\w*Element$/.test(name)
    ? `Cannot find name '${name}'. It is a type of browsers: /// <reference lib="dom" /> at the top of the cell declares them.`
    : undefined;
}
