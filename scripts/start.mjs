// npm start [-- --no-browser] [--port N]: sets up what is behind, proves once that it works, and serves the notebooks.
import { parseArgs } from 'node:util';
import { endWith, SetUpFailure } from './bootstrap/failure.mjs';
import { setUp } from './bootstrap/set-up.mjs';
import { checkPort, serve } from './start/jupyterlab.mjs';
import { prove } from './start/proof.mjs';

const begun = Date.now();
try {
  const { browser, port } = options();
  await checkPort(port);
  await setUp();
  await prove();
  await serve({ browser, port, begun });
} catch (error) {
  endWith(error);
}

function options() {
  try {
    const { values } = parseArgs({
      options: { browser: { type: 'boolean', default: true }, port: { type: 'string', default: '8888' } },
      allowNegative: true,
    });
    const port = Number(values.port);
    if (!(Number.isInteger(port) && port > 0 && port < 65536))
      throw new Error(`--port ${values.port}: a port is a whole number from 1 to 65535`);
    return { browser: values.browser, port };
  } catch (error) {
    throw new SetUpFailure(`${error instanceof Error ? error.message : error}. Usage: npm start -- [--no-browser] [--port 8888]`);
  }
}
