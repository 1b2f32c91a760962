/** The default strategy. */
export { weakNasSampler as nascentSampler } from './weaknas.js';
