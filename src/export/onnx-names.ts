/** Names that a reader of an exported ONNX file meets. */

/** float32 [batch, channels, height, width], normalised as `nascent.normalization` in the metadata says. */
export const INPUT = 'images';

/** float32 [batch, classes] */
export const OUTPUT = 'logits';
