import { type Bundle, show } from '../base/index.js';

/**
 * Shows the answer to an exercise folded, so that running all cells spoils none: JupyterLab unfolds a cell's outputs when it runs.
 *
 *     await answer(markdown`β is ${beta}.`, table(rows))
 *
 * @param outputs  prose, tables and checks, in order
 * @throws         when an output has no Markdown and no HTML form, as a chart
 */
export async function answer(...outputs: readonly (Bundle | Promise<Bundle>)[]): Promise<void> {
  const bundles = await Promise.all(outputs);
  const body = bundles.map((bundle) => {
    const text = bundle['text/html'] ?? bundle['text/markdown'];
    if (typeof text !== 'string') throw new Error(`answer: '${bundle['text/plain']}' cannot be folded; show it, or put it in a table`);
    return text;
  });
  await show({
    'text/markdown': `<details><summary>Answer</summary>\n\n${body.join('\n\n')}\n\n</details>`,
    'text/plain': bundles.map((bundle) => bundle['text/plain']).join('\n'),
  });
}
