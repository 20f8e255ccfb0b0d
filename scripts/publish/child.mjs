import { start } from '../bootstrap/command.mjs';

/**
 * Runs a script of this checkout to its end: what it printed, or an error with what it said.
 *
 * @param {readonly string[]} args  of Node
 * @param {{ show?: boolean }} [options]  `show` passes on what it prints as it comes
 * @returns {Promise<string>}
 */
export function node(args, { show = false } = {}) {
  const child = start(process.execPath, args);
  let [out, all] = ['', ''];
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
    out += chunk;
    all += chunk;
    if (show) process.stdout.write(chunk);
  });
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => {
    all += chunk;
    if (show) process.stderr.write(chunk);
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) done(out.trim());
      else fail(new Error(show ? `${args.join(' ')} ended with ${signal ?? `status ${code}`}` : all.trim()));
    });
  });
}
