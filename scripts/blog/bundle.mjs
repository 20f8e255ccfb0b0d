import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * What runs in the reader's browser, bundled: blog/client/*.ts into /assets/, blog/play/<name>/main.ts into /assets/play-<name>.js. What two
 * of them share is a file of its own; its name carries a digest of what it holds.
 *
 * @param {string} root
 * @param {string} out  the site's folder
 */
export async function bundle(root, out) {
  const client = Object.fromEntries(
    ['site', 'charts', 'graph', 'search']
      .map((name) => [name, join(root, 'blog/client', `${name}.ts`)])
      .filter(([, file]) => existsSync(file)),
  );
  const play = Object.fromEntries(
    globSync('blog/play/*/main.ts', { cwd: root })
      .sort()
      .map((file) => [`play-${file.split('/')[2]}`, join(root, file)]),
  );
  await write({ ...client, ...play }, { root, out, format: 'es' });
  await write({ theme: join(root, 'blog/client/theme.ts') }, { root, out, format: 'iife' });
}

/**
 * @param {Record<string, string>} input
 * @param {{ root: string, out: string, format: 'es' | 'iife' }} options
 */
async function write(input, { root, out, format }) {
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'browser',
    logLevel: 'warn',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    // The library's modules do nothing but define: what a page does not call stays out.
    treeshake: { moduleSideEffects: [{ test: /^(?!.*node_modules).*\/src\/\w+\//, sideEffects: false }] },
  });
  await build.write({ dir: join(out, 'assets'), format, minify: true, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await build.close();
}
