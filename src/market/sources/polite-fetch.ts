import { setTimeout as sleep } from 'node:timers/promises';

export interface Politeness {
  /** tries before giving up */
  readonly attempts?: number;
  /** how long one try may take, body included */
  readonly timeoutMs?: number;
  /** pause after the first failed try; doubled after each further one */
  readonly backoffMs?: number;
  /** the longest pause a server may ask for with Retry-After */
  readonly maxPauseMs?: number;
  readonly fetch?: typeof fetch;
}

/**
 * A `fetch` for JSON services that are slow, busy or broken: a time limit on each try, then a growing pause and another try when the
 * service is busy (429), failing (5xx), silent, unreachable, breaks off, or sends what is no JSON. Other answers, 404 among
 * them, are the caller's.
 *
 * @throws after the last try: what happened, the likely cause and what to do
 */
export function politeFetch({
  attempts = 4,
  timeoutMs = 15_000,
  backoffMs = 1_000,
  maxPauseMs = 60_000,
  fetch = globalThis.fetch,
}: Politeness = {}) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(fetch, input, init, timeoutMs);
      if (outcome instanceof Response) return outcome;
      if (attempt === attempts) throw new Error(`${outcome.reason} (tried ${attempts} times)`);
      await sleep(Math.min(outcome.retryAfterMs ?? backoffMs * 2 ** (attempt - 1), maxPauseMs));
    }
  };
}

interface Failure {
  readonly reason: string;
  readonly retryAfterMs?: number;
}

async function once(
  fetch: typeof globalThis.fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  timeoutMs: number,
): Promise<Response | Failure> {
  let text: string;
  let response: Response;
  try {
    response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    return { reason: explain(error as Error, timeoutMs) };
  }
  const { status, headers } = response;
  if (status === 429)
    return { reason: 'it answers 429, too many requests; wait some minutes, or ask for fewer tickers at once', ...retryAfter(headers) };
  if (status >= 500) return { reason: `it answers ${status}: the service fails on its side; try again later`, ...retryAfter(headers) };
  if (!isJson(text))
    return {
      reason:
        `it sent no JSON but '${text.slice(0, 40).replace(/\s+/g, ' ')}…': ` +
        'cut short on the way, or a consent or proxy page; open the service in a browser to see which',
    };
  return new Response(text, { status, headers });
}

function explain(error: Error, timeoutMs: number): string {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (error.name === 'TimeoutError')
    return `no complete answer within ${timeoutMs / 1000} s; the service is slow or a proxy holds the connection; try again later`;
  if (error.message === 'terminated' || code === 'UND_ERR_SOCKET') return 'the answer broke off half-way; try again';
  return `cannot connect (${code || error.message}); check the network and the proxy settings`;
}

function retryAfter(headers: Headers): { retryAfterMs?: number } {
  const value = headers.get('retry-after');
  if (value === null) return {};
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
