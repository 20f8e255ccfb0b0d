import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localServer } from '../../../tests/support/local-server.js';
import { chatConfigured, chatEndpoint } from './chat.js';

const SECRET = 'sk-a-secret-of-the-test';
const ask = [{ role: 'user', content: 'What of this market?' }] as const;
const answerOf = (content: unknown) => JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] });
const fast = { model: 'm', backoffMs: 1, timeoutMs: 300 };

beforeEach(() => {
  for (const name of ['URL', 'MODEL', 'KEY']) vi.stubEnv(`LEMMATA_CHAT_${name}`, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A service that answers its calls one after the other, the last of `replies` for ever. */
async function service(...replies: ((response: ServerResponse, request: IncomingMessage) => void)[]) {
  let calls = 0;
  return localServer((_, response, request) => replies[Math.min(calls++, replies.length - 1)](response, request));
}
const says = (content: unknown) => (response: ServerResponse) => response.end(answerOf(content));
const status =
  (code: number, headers: Record<string, string> = {}, text = '') =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end(text);

describe('chatEndpoint', () => {
  it('asks as chat completions are asked, with the key of the environment', async () => {
    vi.stubEnv('LEMMATA_CHAT_KEY', SECRET);
    let seen = { body: '', key: '' };
    const { url, paths } = await service((response, request) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen = { body, key: request.headers.authorization ?? '' };
        response.end(answerOf('It is calm.'));
      });
    });
    expect(await chatEndpoint({ ...fast, url: `${url}/v1/`, maxTokens: 7 })(ask)).toBe('It is calm.');
    expect(paths).toEqual(['/v1/chat/completions']);
    expect(JSON.parse(seen.body)).toEqual({ model: 'm', messages: ask, temperature: 0, max_tokens: 7, stream: false });
    expect(seen.key).toBe(`Bearer ${SECRET}`);
  });

  it('takes address and model from the environment, and sends no key where there is none', async () => {
    expect(chatConfigured()).toBe(false);
    let header: string | undefined = 'none asked';
    const { url } = await service((response, request) => {
      header = request.headers.authorization;
      response.end(answerOf('Yes.'));
    });
    vi.stubEnv('LEMMATA_CHAT_URL', url);
    vi.stubEnv('LEMMATA_CHAT_MODEL', 'm');
    expect(chatConfigured()).toBe(true);
    expect(await chatEndpoint()(ask)).toBe('Yes.');
    expect(header).toBeUndefined();
  });

  it('waits as long as a busy service asks, and no longer than it may', async () => {
    const busy = await service(status(429, { 'retry-after': '1' }), says('Now.'));
    const began = performance.now();
    expect(await chatEndpoint({ ...fast, url: busy.url })(ask)).toBe('Now.');
    expect(performance.now() - began).toBeGreaterThan(950);
    const greedy = await service(status(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }), says('Now.'));
    const again = performance.now();
    expect(await chatEndpoint({ ...fast, url: greedy.url, maxPauseMs: 20 })(ask)).toBe('Now.');
    expect(performance.now() - again).toBeLessThan(2000);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp, number]>([
    ['is always busy', status(429), /answers 429, too many requests.*\(tried 2 times\)/, 2],
    ['fails', status(500), /answers 500: it fails on its side/, 2],
    ['is silent', () => {}, /no complete answer within 0.3 s/, 2],
    ['begins and stops', (response) => response.write('{"choices":'), /no complete answer within 0.3 s/, 2],
    [
      'breaks off',
      (response) => response.writeHead(200, { 'content-length': '99' }).write('{"', () => response.destroy()),
      /broke off half-way/,
      2,
    ],
    ['sends a page', (response) => response.end('<html>Log in</html>'), /sent no JSON but '<html>Log in<\/html>'/, 2],
    ['sends JSON of another kind', (response) => response.end('null'), /without an answer in choices\[0\]/, 2],
    ['says nothing', says('  '), /without an answer/, 2],
    ['says a number', says(7), /without an answer/, 2],
    ['refuses the key', status(401), /answers 401: it does not take the key; set LEMMATA_CHAT_KEY/, 1],
    ['has no such model', status(404, {}, 'no model m'), /answers 404 \(no model m\)/, 1],
    ['sends elsewhere', status(302, { location: 'http://127.0.0.1:9/' }), /answers 302/, 1],
  ])('says so of a service that %s', async (_, reply, message, calls) => {
    const { url, paths } = await service(reply);
    await expect(chatEndpoint({ ...fast, url, attempts: 2 })(ask)).rejects.toThrow(message);
    expect(paths).toHaveLength(calls);
  });

  it('cuts off an answer without end', { timeout: 20_000 }, async () => {
    const { url } = await service((response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(60_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(chatEndpoint({ ...fast, url, attempts: 1, timeoutMs: 15_000 })(ask)).rejects.toThrow(
      'does not end within 1000000 characters',
    );
  });

  it('goes on after garbage when the next answer is one', async () => {
    const { url, paths } = await service((response) => response.end('\u0000\u0001{{{'), says('Fine.'));
    expect(await chatEndpoint({ ...fast, url })(ask)).toBe('Fine.');
    expect(paths).toHaveLength(2);
  });

  it('names the key in no error, also when the service repeats it', async () => {
    vi.stubEnv('LEMMATA_CHAT_KEY', SECRET);
    for (const reply of [status(400, {}, `bad key ${SECRET}`), (response: ServerResponse) => response.end(`no: ${SECRET}`)]) {
      const { url } = await service(reply);
      const error = await chatEndpoint({ ...fast, url, attempts: 1 })(ask).catch((thrown: Error) => thrown);
      expect(String(error)).toContain('(key)');
      expect(`${error} ${(error as Error).stack}`).not.toContain(SECRET);
    }
    const open = chatEndpoint({ ...fast, url: 'http://models.example/v1' });
    await expect(open(ask)).rejects.toThrow('LEMMATA_CHAT_KEY would go to models.example unencrypted');
  });

  it('says that nobody is there', async () => {
    await expect(chatEndpoint({ ...fast, url: 'http://127.0.0.1:9/v1', attempts: 1 })(ask)).rejects.toThrow(
      /cannot connect|cannot connect \(/,
    );
  });

  it.each([
    [{}, 'no endpoint is configured; set LEMMATA_CHAT_URL and LEMMATA_CHAT_MODEL'],
    [{ url: 'ftp://x/v1', model: 'm' }, 'url must be an http or https address'],
    [{ url: 'http://name:word@x/v1', model: 'm' }, 'without a name or password in it'],
    [{ url: 'http://x/v1', model: 'm', attempts: 0 }, 'attempts must be a whole number from 1 up, got 0'],
    [{ url: 'http://x/v1', model: 'm', key: 'k' } as never, "there is no option 'key'"],
  ])('refuses %j', (options, message) => {
    expect(() => chatEndpoint(options)).toThrow(message);
  });

  it('refuses to ask nothing', async () => {
    await expect(chatEndpoint({ url: 'http://127.0.0.1:9', model: 'm' })([])).rejects.toThrow('there is no message to answer');
  });
});
