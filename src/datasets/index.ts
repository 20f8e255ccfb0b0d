export { fashionClasses, loadFashionMnist } from './fashion-mnist.js';
export { type LabelledImages, loadMnist, type Mnist } from './mnist.js';
export { type CitationGraph, loadPlanetoid } from './planetoid/planetoid.js';
