import { describe, expect, it } from 'vitest';
import { checkNumber, checkOneOf, checkOptions, checkWhole } from './checks.js';

describe('checkWhole', () => {
  it.each([
    [2.5, undefined, 'f: steps must be a whole number from 1 up, got 2.5'],
    [0, undefined, 'f: steps must be a whole number from 1 up, got 0'],
    [Number.NaN, { from: 0 }, 'f: steps must be a whole number from 0 up, got NaN'],
    [11, { from: 1, to: 10 }, 'f: steps must be a whole number from 1 to 10, got 11'],
    [Infinity, {}, 'f: steps must be a whole number, got Infinity'],
    ['3' as unknown as number, undefined, 'f: steps must be a whole number from 1 up, got 3'],
  ])('refuses %d within %o', (value, bounds, message) => {
    expect(() => checkWhole('f', 'steps', value, bounds)).toThrow(new Error(message));
  });

  it('lets the bounds themselves pass', () => {
    for (const value of [1, 10]) expect(() => checkWhole('f', 'steps', value, { from: 1, to: 10 })).not.toThrow();
  });
});

describe('checkNumber', () => {
  it.each([
    [0, { above: 0 }, 'f: rate must be a finite number above 0, got 0'],
    [Infinity, { above: 0 }, 'f: rate must be a finite number above 0, got Infinity'],
    [1, { from: 0, below: 1 }, 'f: rate must be a finite number from 0 up, below 1, got 1'],
    [1.5, { from: 0, to: 1 }, 'f: rate must be a finite number from 0 to 1, got 1.5'],
    [0, { above: 0, to: 1 }, 'f: rate must be a finite number above 0, up to 1, got 0'],
    [2, { below: 1 }, 'f: rate must be a finite number below 1, got 2'],
    [Number.NaN, {}, 'f: rate must be a finite number, got NaN'],
  ])('refuses %d within %o', (value, bounds, message) => {
    expect(() => checkNumber('f', 'rate', value, bounds)).toThrow(new Error(message));
  });

  it('adds the hint, and lets the closed bounds pass', () => {
    expect(() => checkNumber('f', 'rate', -1, { from: 0 }, 'try 0.1')).toThrow('from 0 up, got -1; try 0.1');
    for (const value of [0, 1]) expect(() => checkNumber('f', 'rate', value, { from: 0, to: 1 })).not.toThrow();
  });
});

describe('checkOptions', () => {
  type Options = { learningRate?: number; beta1?: number };
  const check = (options: unknown) => checkOptions<Options>('adam', options as Options, ['learningRate', 'beta1']);

  it.each([
    [{ lerningRate: 1 }, "adam: there is no option 'lerningRate'; it takes learningRate, beta1 (did you mean learningRate?)"],
    [{ momentum: 1 }, "adam: there is no option 'momentum'; it takes learningRate, beta1"],
    [0.1, 'adam: options must be an object such as { learningRate }, got 0.1'],
    [[0.1], 'adam: options must be an object such as { learningRate }, got an array'],
    [new Map(), 'adam: options must be an object such as { learningRate }, got a Map'],
    [null, 'adam: options must be an object such as { learningRate }, got null'],
  ])('refuses %o', (options, message) => {
    expect(() => check(options)).toThrow(new Error(message));
  });

  it('lets known names pass, none, and unknown ones that are undefined', () => {
    for (const options of [undefined, {}, { beta1: 0.9 }, { momentum: undefined }]) expect(() => check(options)).not.toThrow();
  });
});

describe('checkOneOf', () => {
  it('names what is allowed', () => {
    const check = (value: unknown) => checkOneOf('compile', 'runtime', value, ['openvino', 'onnxruntime'], 'leave it out');
    expect(() => check('openvimo')).toThrow(
      "compile: runtime must be openvino or onnxruntime, got 'openvimo' (did you mean openvino?); leave it out",
    );
    expect(() => check(3)).toThrow('compile: runtime must be openvino or onnxruntime, got 3; leave it out');
    expect(() => check('openvino')).not.toThrow();
    expect(() => checkOneOf('f', 'x', 'b', ['a'])).toThrow("f: x must be a, got 'b'");
  });
});
