export { type Bundle, show } from './display.js';
export { fixed, percent, significant } from './format.js';
export { full, type HostArray, type HostData, ones, zeros } from './host-array.js';
export { fold, type Key, key, normal, permutation, randint, split, uniform } from './random.js';
export { shapeError, showShape, sizeOf } from './shape.js';
export { type Cell, type DataFrameLike, type PanelLike, type Row, type TableOptions, table } from './table.js';
