import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sha256 } from '../base/internal.js';
import { type Mnist, scaled } from './mnist.js';

/** Where Debian's package puts the files. */
const FOLDER = '/usr/share/datasets/fashion-mnist';
const GET_IT =
  'install it (Debian and Ubuntu: apt install dataset-fashion-mnist), or pass the folder that has its four files, from github.com/zalandoresearch/fashion-mnist';

/** What label k shows. */
export const fashionClasses = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const;

/**
 * Fashion-MNIST: 60,000 pictures of clothes to train on and 10,000 to test on, each 28 × 28 pixels, with labels 0 … 9 (`fashionClasses`): harder
 * than the digits of MNIST, in the same form.
 *
 *     const { train, test } = loadFashionMnist();
 *
 * @param folder  where the four files of the distribution are, gzipped or not; where Debian's package puts them when left out
 * @throws        when they are not there, are no IDX files of 28 × 28 pixels and their labels, or have the published size and other bytes
 *
 * Xiao, Rasul & Vollgraf 2017. Choose on a part of `train`; `test` is for the number that is reported.
 */
export function loadFashionMnist(folder: string = FOLDER): Mnist {
  const part = (name: 'train' | 't10k') => {
    const [images, labels] = [idx(folder, `${name}-images-idx3-ubyte`, 3), idx(folder, `${name}-labels-idx1-ubyte`, 1)];
    const [N, height, width] = images.shape;
    if (height !== 28 || width !== 28) throw new Error(`Fashion-MNIST: ${images.path} has pictures of ${height} × ${width}, not 28 × 28`);
    if (labels.shape[0] !== N)
      throw new Error(
        `Fashion-MNIST: ${images.path} has ${N} pictures and ${labels.path} ${labels.shape[0]} labels; they are of different sets`,
      );
    const wrong = labels.data.findIndex((label) => label > 9);
    if (wrong >= 0) throw new Error(`Fashion-MNIST: label ${wrong + 1} of ${labels.path} is ${labels.data[wrong]}; they go from 0 to 9`);
    return {
      images: { data: scaled(images.data), shape: [N, 28, 28] as [number, number, number] },
      labels: new Int32Array(labels.data),
    };
  };
  return { train: part('train'), test: part('t10k') };
}

/** The published files, unpacked: their length and SHA-256. */
const PUBLISHED: Record<string, { bytes: number; sha256: string }> = {
  'train-images-idx3-ubyte': { bytes: 47_040_016, sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888' },
  'train-labels-idx1-ubyte': { bytes: 60_008, sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9' },
  't10k-images-idx3-ubyte': { bytes: 7_840_016, sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b' },
  't10k-labels-idx1-ubyte': { bytes: 10_008, sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34' },
};

/** A file of bytes in LeCun's IDX form: two zero bytes, 8 for bytes, the rank, a 32-bit size for each axis, then the numbers. */
function idx(folder: string, name: string, rank: number): { path: string; shape: number[]; data: Uint8Array } {
  const path = [join(folder, `${name}.gz`), join(folder, name)].find(existsSync);
  if (!path) throw new Error(`Fashion-MNIST: ${join(folder, `${name}.gz`)} is not there; ${GET_IT}`);
  let bytes: Uint8Array;
  try {
    const file = readFileSync(path);
    bytes = path.endsWith('.gz') ? gunzipSync(file) : file;
  } catch (error) {
    throw new Error(`Fashion-MNIST: ${path} cannot be read (${(error as Error).message}): it was cut short or changed; ${GET_IT}`, {
      cause: error,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4 + 4 * rank || view.getUint32(0) !== 0x0800 + rank)
    throw new Error(`Fashion-MNIST: ${path} is no IDX file of bytes with ${rank} ${rank === 1 ? 'axis' : 'axes'}; ${GET_IT}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const data = bytes.subarray(4 + 4 * rank);
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size)
    throw new Error(
      `Fashion-MNIST: ${path} has ${data.length} numbers instead of ${size} [${shape.join(', ')}]: it was cut short; ${GET_IT}`,
    );
  if (bytes.length === PUBLISHED[name].bytes && sha256(bytes) !== PUBLISHED[name].sha256)
    throw new Error(`Fashion-MNIST: ${path} is not the published file: it was changed, or is of MNIST, which has the same form; ${GET_IT}`);
  return { path, shape, data };
}
