import * as tf from '@tensorflow/tfjs';

// tfjs's plain backend recommends tfjs-node on its first use; here `useBestBackend` makes the choice, and training is compiled.
const plain = tf.engine().registryFactory.cpu;
const { factory } = plain;
plain.factory = () => Object.assign(factory(), { firstUse: false });
