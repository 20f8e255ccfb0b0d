import { execFile } from 'node:child_process';
import http from 'node:http';
import { promisify } from 'node:util';
import { sha256 } from '../../../base/internal.js';
import { pythonPath } from '../wheel.js';

/** A file of a package index, wheel or source archive, whatever Python it is for. */
export interface IndexFile {
  /** the package, as the index has it */
  readonly project: string;
  /** of the file, which is found by it */
  readonly sha256: string;
}

/**
 * The bytes of a file of the package index that pip is set to, PyPI unless told, through a proxy where the environment names one. It is found and checked by its hash, so that neither the Python
 * that runs here nor that of the package matters, and nothing of it is run.
 *
 * @throws when the index cannot be reached, has no such file, or delivers other bytes
 */
export async function downloadFile(file: IndexFile): Promise<Uint8Array> {
  const leaveProxy = http.setGlobalProxyFromEnv?.(); // HTTPS_PROXY, which pip obeys too; Node before 24.14 cannot
  try {
    return await download(file);
  } finally {
    leaveProxy?.();
  }
}

async function download({ project, sha256: wanted }: IndexFile): Promise<Uint8Array> {
  const page = `${(await indexUrl()).replace(/\/+$/, '')}/${project}/`;
  const response = await get(page, { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' });
  const text = await response.text();
  const links = (response.headers.get('content-type') ?? '').includes('json') ? linksOfJson(text) : linksOfHtml(text);
  const link = links.find(({ hash }) => hash === wanted);
  if (!link)
    throw new Error(
      `data fetch: ${page} has no file with sha256 ${wanted.slice(0, 12)}… among its ${links.length}; a mirror may lack it: set PIP_INDEX_URL to one that has it`,
    );
  const url = new URL(link.url, page).href;
  const bytes = new Uint8Array(await (await get(url, {})).arrayBuffer());
  const found = sha256(bytes);
  if (found !== wanted)
    throw new Error(
      `data fetch: ${url} has sha256 ${found.slice(0, 12)}… instead of ${wanted.slice(0, 12)}…: it was cut short or altered on the way; try again`,
    );
  return bytes;
}

async function get(url: string, headers: Record<string, string>): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(300_000) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new Error(`data fetch: cannot reach ${url} (${cause?.code ?? message}); check the network and the proxy, then try again`, {
      cause: error,
    });
  }
  if (!response.ok) throw new Error(`data fetch: ${url} answers ${response.status}; check PIP_INDEX_URL, or try again later`);
  return response;
}

async function indexUrl(): Promise<string> {
  if (process.env.PIP_INDEX_URL) return process.env.PIP_INDEX_URL;
  const set = await promisify(execFile)(pythonPath(), ['-m', 'pip', 'config', 'get', 'global.index-url']).catch(() => undefined);
  return set?.stdout.trim() || 'https://pypi.org/simple';
}

interface Link {
  readonly url: string;
  readonly hash: string | undefined;
}

/** PEP 691. */
const linksOfJson = (text: string): Link[] =>
  (JSON.parse(text) as { files: { url: string; hashes: Record<string, string> }[] }).files.map(({ url, hashes }) => ({
    url,
    hash: hashes.sha256,
  }));

/** PEP 503: the hash is the fragment. */
const linksOfHtml = (text: string): Link[] =>
  [...text.matchAll(/<a\s[^>]*href="([^"]+)"/g)].map(([, href]) => ({
    url: href.replaceAll('&amp;', '&'),
    hash: /#sha256=([0-9a-f]{64})/.exec(href)?.[1],
  }));
