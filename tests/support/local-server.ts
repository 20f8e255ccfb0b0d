import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A web server on 127.0.0.1 for one test: it answers by `handle` and keeps the paths that were asked for. */
export async function localServer(handle: (path: string, response: ServerResponse, request: IncomingMessage) => void) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url!);
    handle(request.url!, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}
