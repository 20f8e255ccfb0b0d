import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';

/** A file of the npm or the Python registry, with the hash that a lock file pins. */
interface Artefact {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly integrity: string;
}

const artefact = (bytes: Buffer): Artefact => ({
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
});

/** An npm package from its files. */
export function npmPackage(folder: string, name: string, version: string, files: Record<string, string>): Artefact {
  for (const [path, text] of Object.entries({ ...files, 'package.json': JSON.stringify({ name, version }) })) {
    mkdirSync(dirname(join(folder, 'package', path)), { recursive: true });
    writeFileSync(join(folder, 'package', path), text);
  }
  const archive = join(folder, `${name}.tgz`);
  spawnSync('tar', ['-czf', archive, '-C', folder, 'package']);
  return artefact(readFileSync(archive));
}

/** A pure Python wheel from its files. */
export function wheel(name: string, version: string, files: Record<string, string>): Artefact {
  const about = `${name}-${version}.dist-info`;
  const all: Record<string, string> = {
    ...files,
    [`${about}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${about}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  all[`${about}/RECORD`] = [...Object.keys(all), `${about}/RECORD`].map((path) => `${path},,\n`).join('');
  return artefact(Buffer.from(zipSync(Object.fromEntries(Object.entries(all).map(([path, text]) => [path, strToU8(text)])))));
}

/** Both registries on one local port: `/<package>` and its tarball as npm asks, `/simple/<package>/` and its wheel as pip asks. */
export async function serveRegistries(npm: Record<string, Record<string, Artefact>>, python: Record<string, Record<string, Artefact>>) {
  const server = createServer((request, response) => {
    const [first = '', second = '', file = ''] = decodeURIComponent(request.url ?? '')
      .split('/')
      .slice(1);
    const send = (body: string | Buffer, type: string) => response.writeHead(200, { 'content-type': type }).end(body);
    if (first === 'simple' && python[second]) {
      if (file) return void send(Object.values(python[second])[0].bytes, 'application/zip');
      const links = Object.entries(python[second]).map(([version, { sha256 }]) => {
        const path = `${second.replaceAll('-', '_')}-${version}-py3-none-any.whl`;
        return `<a href="/simple/${second}/${path}#sha256=${sha256}">${path}</a>`;
      });
      return void send(`<html><body>${links.join('')}</body></html>`, 'text/html');
    }
    const versions = npm[first];
    if (!versions) return void response.writeHead(404).end('{}');
    if (second === '-') return void send(versions[file.replace(/\.tgz$/, '')].bytes, 'application/octet-stream');
    const entries = Object.entries(versions).map(([version, { integrity }]) => {
      return [version, { name: first, version, dist: { tarball: `http://${request.headers.host}/${first}/-/${version}.tgz`, integrity } }];
    });
    send(
      JSON.stringify({ name: first, 'dist-tags': { latest: entries.at(-1)![0] }, versions: Object.fromEntries(entries) }),
      'application/json',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
