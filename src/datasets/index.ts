export { type LabelledImages, loadMnist, type Mnist } from './mnist.js';
