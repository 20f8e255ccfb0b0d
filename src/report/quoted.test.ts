import { describe, expect, it } from 'vitest';
import { fixed, percent } from '../base/index.js';
import { quoted } from './quoted.js';

describe('a quoted number', () => {
  it.each([
    [0.5731, '.2f', '0.57', '0.57'],
    [0.5731, '.3g', '0.573', '0.573'],
    [0.5731, '.1%', '57.3\\%', '57.3\u202f%'],
    [0.5731, '.1\\%', '57.3\\%', '57.3\u202f%'],
    [-0.00125, '.1b', '\\ensuremath{-}12.5', '−12.5'],
    [0.5731, '+.2f', '+0.57', '+0.57'],
    [-0.5731, '+.2f', '\\ensuremath{-}0.57', '−0.57'],
    [1234567.8, '.0f', '1\\,234\\,568', '1\u202f234\u202f568'],
    [-12345.678, '.2f', '\\ensuremath{-}12\\,345.68', '−12\u202f345.68'],
    [1987, '.0f', '1987', '1987'],
    [1.5e-9, '.2g', '\\ensuremath{1.5\\cdot10^{-9}}', '1.5·10⁻⁹'],
    [-1.5e-9, '.2g', '\\ensuremath{-}\\ensuremath{1.5\\cdot10^{-9}}', '−1.5·10⁻⁹'],
  ])('%d as %s is %s in LaTeX and %s in text', (value, format, latex, text) => {
    expect(quoted(value, format, 'latex')).toBe(latex);
    expect(quoted(value, format, 'text')).toBe(text);
  });

  it('has no sign where its digits are zero', () => {
    expect(quoted(-0.0001, '.2f', 'text')).toBe('0.00');
    expect(quoted(0.0001, '+.2f', 'latex')).toBe('0.00');
  });

  it('knows no other format', () => {
    for (const format of ['2', 'f', '.f', '.2x', '.2%%', '-.2f']) expect(quoted(1, format, 'text')).toBeUndefined();
  });

  it('has the digits and the sign that tables of notebooks show', () => {
    const bare = (text: string | undefined) => text?.replace(/[\u202f ,]/g, '');
    for (const value of [0, 0.1249, -0.0004, 12345.678, -7.25, 98765.4]) {
      expect(bare(quoted(value, '.2f', 'text'))).toBe(bare(fixed(value, 2)));
      expect(bare(quoted(value, '.1%', 'text'))).toBe(bare(percent(value, 1)));
    }
  });
});
