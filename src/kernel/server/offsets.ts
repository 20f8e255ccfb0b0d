/** Jupyter counts Unicode code points, JavaScript and TypeScript UTF-16 units; they differ after an emoji. */
export const toUnits = (text: string, points: number): number => [...text].slice(0, points).join('').length;

export const toPoints = (text: string, units: number): number => [...text.slice(0, units)].length;
