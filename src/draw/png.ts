/** SVG to PNG by resvg, with a font of its own: the same picture on every machine, also on one without fonts. */
import { createRequire } from 'node:module';
import { expected, messageOf, NascentError } from '../base/errors.js';

/** Arimo has the widths of Arial and Helvetica. It holds Latin, Greek, Cyrillic and the signs charts use. */
const FONTS = ['400Regular/Arimo_400Regular.ttf', '700Bold/Arimo_700Bold.ttf'];
/** Other scripts are looked up in the machine's fonts, which takes time and differs between machines. */
const OTHER_SCRIPTS = /[\u0530-\u1DFF\u2300-\u{10FFFF}]/u;
const LARGEST_SCALE = 10;

export interface PngOptions {
  /** Pixels of the PNG for each of the SVG. Default 2. */
  readonly scale?: number;
}

/**
 * The bytes of a PNG file.
 * @throws NascentError `usage` for text that is not SVG and for a scale outside (0, 10]
 */
export async function svgToPng(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  if (!(scale > 0 && scale <= LARGEST_SCALE))
    throw expected('the scale of a picture', `a number above 0 and at most ${LARGEST_SCALE}`, scale);
  // A native module: loaded when the first picture is made.
  const { Resvg } = await import('@resvg/resvg-js');
  const { resolve } = createRequire(import.meta.url);
  const font = {
    loadSystemFonts: OTHER_SCRIPTS.test(svg),
    fontFiles: FONTS.map((file) => resolve(`@expo-google-fonts/arimo/${file}`)),
    defaultFontFamily: 'Arimo',
    sansSerifFamily: 'Arimo',
  };
  try {
    return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale } }).render().asPng();
  } catch (error) {
    throw new NascentError('usage', `Expected a picture in SVG: ${messageOf(error)}.`, { cause: error });
  }
}
