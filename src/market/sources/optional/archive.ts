import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';

/** The content of one file in a wheel (zip) or a source archive (tar.gz); undefined where it has none of that path. */
export function memberOf(archive: Uint8Array, path: string): Uint8Array | undefined {
  const zipped = archive[0] === 0x50 && archive[1] === 0x4b;
  return zipped ? unzipSync(archive, { filter: ({ name }) => name === path })[path] : memberOfTar(gunzipSync(archive), path);
}

const BLOCK = 512;

/** POSIX ustar: a block of header, the name in bytes 0–99 after the prefix in 345–499, the size in octal in 124–135, then the content in whole blocks. */
function memberOfTar(tar: Uint8Array, path: string): Uint8Array | undefined {
  const text = (from: number, length: number) =>
    Buffer.from(tar.subarray(from, from + length))
      .toString('utf8')
      .replace(/\0.*$/s, '');
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const [name, size, prefix] = [text(at, 100), Number.parseInt(text(at + 124, 12), 8), text(at + 345, 155)];
    if ((prefix ? `${prefix}/${name}` : name) === path) return tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return undefined;
}
