/** Small helpers for writing SVG. */

export type SvgAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its children, which are SVG already (`escaped` makes text so); undefined attributes are left out. */
export function element(name: string, attributes: SvgAttributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(`${value}`)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A whole picture, `width` × `height` pixels, on white, so that it reads on dark pages too. */
export function svgDocument(width: number, height: number, title: string, children: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
  };
  const background = element('rect', { width, height, fill: '#ffffff' });
  const lines = [element('title', {}, escaped(title)), background, ...children].map((child) => `  ${child}\n`);
  return `${element('svg', { ...attributes, role: 'img' }, '\n', ...lines)}\n`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Hundredths of a pixel are enough, and keep files short. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
