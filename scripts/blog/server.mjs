import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { createGzip } from 'node:zlib';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
};
const PACKED = /^(text|application\/(json|xml|wasm)|image\/svg)/;

/**
 * Answers as GitHub Pages does: a folder by its index.html, what is missing by 404.html, text packed where the reader takes it.
 *
 * @param {string} folder
 * @param {string} [prefix]  the base path
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void}
 */
export function answer(folder, prefix = '/') {
  return (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const inside = path.startsWith(prefix) ? normalize(path.slice(prefix.length)) : undefined;
    let file = inside === undefined || inside.startsWith('..') ? '' : join(folder, inside);
    if (file && existsSync(file) && statSync(file).isDirectory()) {
      if (!path.endsWith('/')) {
        response.writeHead(301, { location: `${path}/` }).end();
        return;
      }
      file = join(file, 'index.html');
    }
    const found = file !== '' && existsSync(file);
    if (!found) file = join(folder, '404.html');
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const packed = PACKED.test(type) && /\bgzip\b/.test(String(request.headers['accept-encoding']));
    response.writeHead(found ? 200 : 404, { 'content-type': type, ...(packed && { 'content-encoding': 'gzip' }) });
    if (!existsSync(file)) response.end();
    else if (packed) createReadStream(file).pipe(createGzip()).pipe(response);
    else createReadStream(file).pipe(response);
  };
}
