/** What other rooms of the library need of this one beside `index.ts`; no part of the package's interface. */
export { type CellHooks, cellHook, offerCellHook } from './cell-hooks.js';
export { checkKey, checkNumber, checkOneOf, checkOptions, checkWhole } from './checks.js';
export { sha256 } from './digest.js';
export { display } from './display.js';
export { extent } from './extent.js';
export { once } from './once.js';
export { dataRoot, packageRoot, packageVersion, resultsFolder } from './package-root.js';
export { inverseNormal, threefry } from './random.js';
export { publish, replaceFile, replaceFolder } from './replace-file.js';
export { decode, encode, type StoredArray } from './safetensors.js';
export { escapeHtml, frameForms } from './table.js';
export { textWidth } from './text-width.js';
export { rowsUpTo, windowEnds } from './windows.js';
