/** What a failed `pip download` of `what` (`arch 8.0.0`) means: one paragraph with the cause and the fix. */
export function explainPipFailure(output: string, what: string, python: string): Error {
  if (DISK_FULL.test(output)) return new Error('No space left on device'); // the store explains it
  if (/No module named pip/.test(output))
    return new Error(
      `data update: ${python} has no pip, which downloads the data; ` +
        'install it (Debian/Ubuntu: apt install python3-pip; elsewhere: python3 -m ensurepip)',
    );
  return new Error(`data update: ${cause(output, what)}. What was stored before is intact. ${fix(output)}`);
}

function cause(output: string, what: string): string {
  const got = WRONG_HASH.exec(output);
  if (got)
    return `a file of ${what} has sha256 ${got[2].slice(0, 12)}… instead of ${got[1].slice(0, 12)}…: it was cut short or altered on the way`;
  if (CUT_SHORT.test(output)) return `the download of ${what} broke off half-way`;
  if (UNREACHABLE.test(output)) return `cannot reach the package index to download ${what}; there is no network, or a proxy stands between`;
  if (ABSENT.test(output)) return `your package index has no ${what} (wheel for CPython 3.11 on Linux); a private mirror may lack it`;
  return `pip could not download ${what}: ${output.trim().split('\n').at(-1) || 'it printed nothing'}`;
}

function fix(output: string): string {
  if (WRONG_HASH.test(output)) return 'Try again: lemmata data update; if it stays, ask who runs your package mirror.';
  if (!CUT_SHORT.test(output) && (UNREACHABLE.test(output) || ABSENT.test(output)))
    return "pip's own settings apply (pip config list); correct them or connect, then run: lemmata data update";
  return 'Try again: lemmata data update';
}

const DISK_FULL = /No space left|Errno 28|File too large|Errno 27/;
const WRONG_HASH = /Expected sha256\s+([0-9a-f]{64})\s+Got\s+([0-9a-f]{64})/;
const CUT_SHORT = /IncompleteRead|incomplete-download/i;
const UNREACHABLE = /ConnectionError|NewConnection|Connection(?: to| refused)|\w+Timeout|Max retries|name resolution|ProxyError|SSLError/i;
const ABSENT = /No matching distribution|Could not find a version|404/;
