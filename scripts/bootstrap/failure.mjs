import { statfsSync } from 'node:fs';

/** A failure that one paragraph explains: what is wrong, why it matters, the command that mends it. No stack trace is shown. */
export class SetUpFailure extends Error {}

const FULL_BELOW_BYTES = 50e6;
/** @typedef {{ sign: RegExp, say: (what: string) => string }} Cause  what output shows it, and the paragraph that explains it */

/** @type {Cause} */
const DISK = {
  sign: /ENOSPC|EDQUOT|EFBIG|SIGXFSZ|No space left on device|File too large|disk quota exceeded/i,
  say: (what) =>
    `The disk is full, so ${what} could not be installed. Lemmata takes about 3 GB, and as much again for a moment while it upgrades: ` +
    'free some space (`df -h .` shows it) and run the same command again. Nothing half-made is left behind.',
};

/** @type {Cause[]} */
const CAUSES = [
  DISK,
  {
    sign: /EINTEGRITY|DO NOT MATCH THE HASHES|HashMismatch/i,
    say: (what) =>
      `A download for ${what} does not have the hash that this version of Lemmata pins, so it was refused. Usually a proxy or a damaged cache is the ` +
      'cause: run `npm cache clean --force` and `python3 -m pip cache purge`, then the same command again.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|Failed to establish a new connection|Temporary failure in name resolution|NameResolutionError|ConnectTimeoutError|fetch failed|from versions: none/i,
    say: (what) =>
      `There is no network, or a proxy is in the way, so ${what} could not be downloaded. The first start needs the npm and PyPI registries ` +
      '(`npm ping` and `python3 -m pip download six` try them; behind a proxy set HTTPS_PROXY); later starts need no network. Then run the same command again.',
  },
  {
    sign: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    say: (what) =>
      `This folder may not be written to, so ${what} could not be installed. Give it to yourself with \`sudo chown -R "$USER" .\` (on Debian, Ubuntu and macOS alike) ` +
      'or clone into a folder of yours, then run the same command again.',
  },
];

/**
 * The paragraph for a step that failed with `output`: the library's own, or that of a known cause, or the last lines.
 *
 * @param {string} what
 * @param {string} output
 */
export function explain(what, output) {
  const own = /^error: (.+)/ms.exec(output);
  if (own) return new SetUpFailure(`This failed: ${what}. ${own[1].replace(/\n\(ended with .*/, '').trim()}`);
  const cause = CAUSES.find(({ sign }) => sign.test(output)) ?? (isFull() ? DISK : undefined); // not every program says so
  if (cause) return new SetUpFailure(cause.say(what));
  const tail = output
    .trim()
    .split('\n')
    .slice(-20)
    .map((line) => line.slice(0, 160))
    .join('\n    ');
  return new SetUpFailure(
    `This failed: ${what}. It said:\n\n    ${tail || '(nothing)'}\n\nRunning the same command again starts this part afresh.`,
  );
}

function isFull() {
  const { bavail, bsize } = statfsSync('.');
  return bavail * bsize < FULL_BELOW_BYTES;
}

/**
 * Ends the process the way a set-up ends: one paragraph for what we foresaw, a stack trace only for a defect of our own.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function endWith(error) {
  process.stderr.write(
    error instanceof SetUpFailure ? `\n${wrap(error.message)}\n` : `\n${(error instanceof Error && error.stack) || error}\n`,
  );
  process.exit(1);
}

/**
 * Breaks prose at the width of the terminal; quoted output, which is indented, stays as it is.
 *
 * @param {string} text
 */
function wrap(text) {
  const row = new RegExp(`(.{1,${Math.min(process.stderr.columns || 100, 100)}})(?: +|$)`, 'g');
  const lines = text.split('\n').map((line) => (line.startsWith(' ') ? line : line.replace(row, '$1\n').trimEnd()));
  return lines.join('\n');
}
