import { setTimeout as sleep } from 'node:timers/promises';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';

/** One turn of a conversation. */
export interface ChatMessage {
  /** Who speaks. */
  readonly role: 'system' | 'user' | 'assistant';
  /** What is said. */
  readonly content: string;
}

/** Where a model is asked, and how patiently. */
export interface ChatOptions {
  /** The address up to `/v1`, `http://127.0.0.1:8080/v1` say; LEMMATA_CHAT_URL when left out. */
  readonly url?: string;
  /** The model's name; LEMMATA_CHAT_MODEL when left out. */
  readonly model?: string;
  /** 0 when left out: the likeliest answer, as far as the service keeps to it. */
  readonly temperature?: number;
  /** The most tokens of an answer; 200 when left out. */
  readonly maxTokens?: number;
  /** Milliseconds for one try, its answer included; 30,000 when left out. */
  readonly timeoutMs?: number;
  /** Tries before giving up; 3 when left out. */
  readonly attempts?: number;
  /** Milliseconds before the second try, doubled after each further one; 1,000 when left out. */
  readonly backoffMs?: number;
  /** The longest pause in milliseconds that a service may ask for by Retry-After; 60,000 when left out. */
  readonly maxPauseMs?: number;
}

/** Asks once: the answer's text. */
export type Chat = (messages: readonly ChatMessage[]) => Promise<string>;

const NAMES = ['url', 'model', 'temperature', 'maxTokens', 'timeoutMs', 'attempts', 'backoffMs', 'maxPauseMs'] as const;
/** Of an answer, in characters: a service that streams without end is cut off. */
const LONGEST = 1_000_000;

/** Whether an endpoint is configured: LEMMATA_CHAT_URL and LEMMATA_CHAT_MODEL are set. */
export const chatConfigured = (): boolean => Boolean(process.env.LEMMATA_CHAT_URL && process.env.LEMMATA_CHAT_MODEL);

/**
 * A client of an endpoint that speaks OpenAI's chat completions, as llama.cpp, Ollama, vLLM and hosted services do.
 *
 *     const chat = chatEndpoint({ url: 'http://127.0.0.1:8080/v1', model: 'small' });
 *     await chat([{ role: 'user', content: 'Describe this market: …' }]);
 *
 * A key is read from LEMMATA_CHAT_KEY at each call and from nowhere else; it goes to that address alone, follows no redirect, and stands in no error. A busy (429) or failing (5xx) service, one that is silent, breaks off or sends
 * what is no answer is asked again after a growing pause, or that of its Retry-After; a refusal (other 4xx) is not.
 *
 * @param options  the address and the model, and how patiently
 * @returns        a function of the conversation so far, which throws after the last try: what happened, and what to do
 * @throws         when address or model are missing or no http(s) address, a key would go out unencrypted, or an option does not fit
 */
export function chatEndpoint(options: ChatOptions = {}): Chat {
  checkOptions('chatEndpoint', options, NAMES);
  const { url = process.env.LEMMATA_CHAT_URL, model = process.env.LEMMATA_CHAT_MODEL, temperature = 0, maxTokens = 200 } = options;
  const { timeoutMs = 30_000, attempts = 3, backoffMs = 1_000, maxPauseMs = 60_000 } = options;
  if (!url || !model)
    throw new Error('chatEndpoint: no endpoint is configured; set LEMMATA_CHAT_URL and LEMMATA_CHAT_MODEL, or give url and model');
  const target = addressOf(url);
  checkNumber('chatEndpoint', 'temperature', temperature, { from: 0 });
  for (const [name, value] of Object.entries({ maxTokens, timeoutMs, attempts })) checkWhole('chatEndpoint', name, value);
  for (const [name, value] of Object.entries({ backoffMs, maxPauseMs })) checkNumber('chatEndpoint', name, value, { from: 0 });
  return async (messages) => {
    if (messages.length === 0) throw new Error('chatEndpoint: there is no message to answer; give one of role user at least');
    const key = process.env.LEMMATA_CHAT_KEY;
    if (key && target.protocol === 'http:' && !isLocal(target.hostname))
      throw new Error(`chatEndpoint: LEMMATA_CHAT_KEY would go to ${target.hostname} unencrypted; use https, or unset the key`);
    const body = JSON.stringify({ model, messages, temperature, max_tokens: maxTokens, stream: false });
    const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(target, { method: 'POST', redirect: 'manual', headers, body }, timeoutMs);
      if ('text' in outcome) return outcome.text;
      const reason = key ? outcome.reason.replaceAll(key, '(key)') : outcome.reason;
      if (outcome.final) throw new Error(`chatEndpoint: ${reason}`);
      if (attempt === attempts) throw new Error(`chatEndpoint: ${reason} (tried ${attempts} times)`);
      await sleep(Math.min(outcome.retryAfterMs ?? backoffMs * 2 ** (attempt - 1), maxPauseMs));
    }
  };
}

type Outcome = { readonly text: string } | { readonly reason: string; readonly final?: boolean; readonly retryAfterMs?: number };

async function once(target: URL, init: RequestInit, timeoutMs: number): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    text = await bounded(response);
  } catch (error) {
    return { reason: explain(error as Error, timeoutMs) };
  }
  const { status, headers } = response;
  if (status === 429) return { reason: 'the service answers 429, too many requests; wait, or ask more slowly', ...retryAfter(headers) };
  if (status >= 500) return { reason: `the service answers ${status}: it fails on its side; try again later`, ...retryAfter(headers) };
  if (status === 401 || status === 403)
    return { reason: `the service answers ${status}: it does not take the key; set LEMMATA_CHAT_KEY to one that it knows`, final: true };
  if (status >= 300)
    return {
      reason: `the service answers ${status} (${brief(text)}); is the address that of …/v1, and the model one that it has?`,
      final: true,
    };
  return read(text);
}

/** The text of an answer, up to a length. */
async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > LONGEST) throw new Error('endless');
  }
  return text + decoder.decode();
}

/** What a body says, if it is an answer. */
function read(text: string): Outcome {
  let parsed: { choices?: { message?: { content?: unknown } }[] } | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { reason: `it sent no JSON but '${brief(text)}': cut short on the way, or no chat service; open the address to see` };
  }
  const content = parsed?.choices?.[0]?.message?.content;
  return typeof content === 'string' && content.trim()
    ? { text: content }
    : { reason: `it sent JSON without an answer in choices[0].message.content: '${brief(text)}'; does it speak chat completions?` };
}

const brief = (text: string) => text.slice(0, 80).replace(/\s+/g, ' ').trim();

function explain(error: Error, timeoutMs: number): string {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (error.name === 'TimeoutError') return `no complete answer within ${timeoutMs / 1000} s; is the model loaded, or timeoutMs too short?`;
  if (error.message === 'endless') return `its answer does not end within ${LONGEST} characters; lower maxTokens, or look at what it sends`;
  if (error.message === 'terminated' || code === 'UND_ERR_SOCKET') return 'the answer broke off half-way; try again';
  return `cannot connect (${code || error.message}); is the service running at that address?`;
}

function retryAfter(headers: Headers): { retryAfterMs?: number } {
  const value = headers.get('retry-after');
  if (value === null) return {};
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

function addressOf(url: string): URL {
  const target = URL.canParse(url) ? new URL(`${url.replace(/\/+$/, '')}/chat/completions`) : undefined;
  if (!target || !/^https?:$/.test(target.protocol) || target.username || target.password)
    throw new Error(
      'chatEndpoint: url must be an http or https address up to /v1, without a name or password in it; the key is LEMMATA_CHAT_KEY',
    );
  return target;
}

const isLocal = (host: string) => host === 'localhost' || host === '[::1]' || /^127\./.test(host);
