/** How well two colours can be told apart: the twin of consent/contrast.py; both run tests/vectors/contrast.json. Pure. */

export const LEAST_FOR_TEXT = 4.5;

/** @param {string} text @returns {boolean} */
export const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);

/** From 1 (the same colour) to 21 (black and white), for colours written as #rrggbb. @param {string} one @param {string} other @returns {number} */
export function contrastRatio(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Rounded down, so that 4.49 is never shown as the 4.5 that it is not. @param {number} ratio @returns {string} */
export const inWords = (ratio) => (Math.floor(ratio * 10) / 10).toFixed(1);

/** @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number} channel */
const linear = (channel) => channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
