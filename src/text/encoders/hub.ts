import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, dataRoot, replaceFile, sha256 } from '../../base/internal.js';
import { readTokeniser } from '../tokenisers/read-tokeniser.js';
import type { SentenceEncoder } from './encoder.js';
import { checkEncoder, type OnnxEncoderOptions, onnxEncoder } from './onnx-encoder.js';

/** Which encoder of a hub, and how it is used. */
export interface HubEncoderOptions extends Omit<OnnxEncoderOptions, 'model' | 'tokeniser'> {
  /** The commit of the repository, all 40 digits of it: a branch can move, and with it every number that was measured. */
  readonly revision: string;
  /** Of the model's file, so that other bytes are refused; when left out, what came is in the name of the encoder. */
  readonly sha256?: string;
  /** The model's file in the repository; `onnx/model.onnx` when left out. */
  readonly file?: string;
  /** The tokeniser's file; `tokenizer.json` when left out. */
  readonly tokeniserFile?: string;
  /** The address of the hub: that of HF_ENDPOINT, else https://huggingface.co, when left out. */
  readonly hub?: string;
}

const NAMES = [
  'revision',
  'sha256',
  'file',
  'tokeniserFile',
  'hub',
  'pretrainedUntil',
  'pooling',
  'maxTokens',
  'batch',
  'padding',
  'name',
  'limits',
] as const;

/**
 * A sentence encoder of a hub, fetched once into the data folder by its commit; later calls need no network.
 *
 *     const encoder = await fetchEncoder('sentence-transformers/all-MiniLM-L6-v2', {
 *       revision: '…',        // a commit, by its 40 digits
 *       pretrainedUntil: '2021-12-31',        // a day by which it had been published
 *     });
 *
 * @param repository  owner and name
 * @throws            before anything is fetched when an option does not fit; when the hub cannot be reached, has no such file or delivers other bytes; and as
 *                    `onnxEncoder`: what cannot be used is not kept
 */
export async function fetchEncoder(repository: string, options: HubEncoderOptions): Promise<SentenceEncoder> {
  checkOptions('fetchEncoder', options, NAMES);
  checkEncoder('fetchEncoder', options);
  const { revision, sha256: wanted, file = 'onnx/model.onnx', tokeniserFile = 'tokenizer.json', hub, ...rest } = options;
  if (!/^[0-9a-f]{40}$/.test(revision))
    throw new Error(
      `fetchEncoder: revision must be a commit by its 40 digits, got '${revision}'; a branch moves. The hub lists commits of ${repository} under History`,
    );
  for (const [what, path] of Object.entries({ repository, file, tokeniserFile }))
    if (typeof path !== 'string' || !/^[\w.-]+(\/[\w.-]+)*$/.test(path) || path.split('/').includes('..'))
      throw new Error(`fetchEncoder: ${what} must be a name as owner/model or onnx/model.onnx, got '${path}'`);
  if (repository.split('/').length !== 2) throw new Error(`fetchEncoder: the repository is owner/name, got '${repository}'`);
  if (wanted !== undefined && !/^[0-9a-f]{64}$/.test(wanted))
    throw new Error(`fetchEncoder: sha256 must be 64 digits from 0 to f in small letters, got '${wanted}'`);
  const base = (hub ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '');
  const folder = join(dataRoot(), 'encoders', ...repository.split('/'), revision);
  const get = async (path: string, hash?: string): Promise<Fetched> => {
    const local = join(folder, path);
    const here = existsSync(local) ? readFileSync(local) : undefined;
    if (here && (!hash || sha256(here) === hash)) return { bytes: here, found: sha256(here), keep: () => {} };
    const bytes = await download(`${base}/${repository}/resolve/${revision}/${path}`);
    const found = sha256(bytes);
    if (hash && found !== hash)
      throw new Error(
        `fetchEncoder: ${path} of ${repository} has sha256 ${found.slice(0, 12)}… instead of ${hash.slice(0, 12)}…: it was cut short, altered, or is of another revision`,
      );
    return { bytes, found, keep: () => replaceFile(local, [bytes]) };
  };
  const model = await get(file, wanted);
  const tokeniser = await get(tokeniserFile);
  const name = options.name ?? `${repository} at ${revision.slice(0, 12)}, model ${model.found.slice(0, 12)}`;
  let encoder: SentenceEncoder;
  try {
    const json = JSON.parse(new TextDecoder().decode(tokeniser.bytes)) as object;
    encoder = await onnxEncoder({ ...rest, name, model: model.bytes, tokeniser: readTokeniser(json) });
  } catch (error) {
    throw new Error(
      `fetchEncoder: ${file} and ${tokeniserFile} of ${repository} make no encoder: ${(error as Error).message}; nothing new was kept. If they lie in ${folder} already, delete that folder and fetch again`,
      { cause: error },
    );
  }
  for (const { keep } of [model, tokeniser]) keep();
  return encoder;
}

/** A file's bytes with their sha256; `keep` puts them into the data folder. */
interface Fetched {
  readonly bytes: Uint8Array;
  readonly found: string;
  keep(): void;
}

async function download(url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(600_000) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new Error(
      `fetchEncoder: cannot reach ${url} (${cause?.code ?? message}); without a network, onnxEncoder takes files that are here`,
      { cause: error },
    );
  }
  if (!response.ok)
    throw new Error(`fetchEncoder: ${url} answers ${response.status}; check the repository, the revision and the file's name`);
  return new Uint8Array(await response.arrayBuffer());
}
