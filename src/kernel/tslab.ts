import { randomUUID } from 'node:crypto';
import typescript from 'typescript';
import { cellHook } from '../base/internal.js';

/** What a cell gets from `import * as tslab from 'tslab'`: the display functions of tslab 1.0.22; `raw` takes objects too. */
export interface Display {
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  svg(s: string): void;
  png(b: Uint8Array): void;
  jpeg(b: Uint8Array): void;
  gif(b: Uint8Array): void;
  pdf(b: Uint8Array): void;
  text(s: string): void;
  /** Any MIME type: text, bytes, or for the JSON types an object, which may also come as its JSON text. */
  raw(contentType: string, b: string | Uint8Array | object): void;
}

/** A display that overwrites its one output each time. */
export const newDisplay = (): Display => displayInto({ update: randomUUID() });

function displayInto(options: { update?: string }): Display {
  const raw = (contentType: string, content: string | Uint8Array | object) => {
    cellHook('display')!({ [contentType]: content instanceof Uint8Array ? Buffer.from(content).toString('base64') : content }, options);
  };
  return {
    javascript: (s) => raw('text/javascript', s),
    html: (s) => raw('text/html', s),
    markdown: (s) => raw('text/markdown', s),
    latex: (s) => raw('text/latex', s),
    svg: (s) => raw('image/svg+xml', s),
    png: (b) => raw('image/png', b),
    jpeg: (b) => raw('image/jpeg', b),
    gif: (b) => raw('image/gif', b),
    pdf: (b) => raw('application/pdf', b),
    text: (s) => raw('text/plain', s),
    raw,
  };
}

export const display: Display = displayInto({});

export const versions = { tslab: '1.0.22', typescript: typescript.version, node: process.version };
