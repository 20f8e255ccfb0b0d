import './without-banner.js';
import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';

it('keeps tfjs from recommending another package at the first tensor', () => {
  const warn = vi.spyOn(console, 'warn');
  tf.tidy(() => tf.scalar(1).add(1));
  expect(tf.getBackend()).toBe('cpu');
  expect(warn).not.toHaveBeenCalled();
});
