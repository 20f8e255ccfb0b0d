import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, dataRoot, replaceFile, sha256 } from '../../base/internal.js';
import type { SentenceEncoder } from './encoder.js';
import { type OnnxEncoderOptions, onnxEncoder } from './onnx-encoder.js';

/** Which encoder of a hub, and how it is used. */
export interface HubEncoderOptions extends Omit<OnnxEncoderOptions, 'model' | 'tokeniser'> {
  /** The commit of the repository: a branch can move, and with it every number that was measured. */
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
 *       revision: '…',        // a commit, by its whole name
 *       pretrainedUntil: '2021-12-31',        // a day by which it had been published
 *     });
 *
 * @param repository  owner and name
 * @throws            when the hub cannot be reached, has no such file or delivers other bytes, and as `onnxEncoder`
 */
export async function fetchEncoder(repository: string, options: HubEncoderOptions): Promise<SentenceEncoder> {
  checkOptions('fetchEncoder', options, NAMES);
  const { revision, sha256: wanted, file = 'onnx/model.onnx', tokeniserFile = 'tokenizer.json', hub, ...rest } = options;
  for (const [what, path] of Object.entries({ repository, revision, file, tokeniserFile }))
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(path) || path.split('/').includes('..'))
      throw new Error(`fetchEncoder: ${what} must be a name as owner/model or onnx/model.onnx, got '${path}'`);
  if (repository.split('/').length !== 2) throw new Error(`fetchEncoder: the repository is owner/name, got '${repository}'`);
  const base = (hub ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '');
  const folder = join(dataRoot(), 'encoders', ...repository.split('/'), revision);
  const get = async (path: string, hash?: string): Promise<{ path: string; found: string }> => {
    const local = join(folder, path);
    const here = existsSync(local) ? sha256(readFileSync(local)) : undefined;
    if (here && (!hash || here === hash)) return { path: local, found: here };
    const bytes = await download(`${base}/${repository}/resolve/${revision}/${path}`);
    const found = sha256(bytes);
    if (hash && found !== hash)
      throw new Error(
        `fetchEncoder: ${path} of ${repository} has sha256 ${found.slice(0, 12)}… instead of ${hash.slice(0, 12)}…: it was cut short, altered, or is of another revision`,
      );
    replaceFile(local, [bytes]);
    return { path: local, found };
  };
  const model = await get(file, wanted);
  const tokeniser = await get(tokeniserFile);
  const name = options.name ?? `${repository} at ${revision.slice(0, 12)}, model ${model.found.slice(0, 12)}`;
  return onnxEncoder({ ...rest, name, model: model.path, tokeniser: tokeniser.path });
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
