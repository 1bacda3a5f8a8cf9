/** Offsets of the API count Unicode code points; JavaScript strings count UTF-16 units. These convert without splitting a text into an array. */

export function codePointLength(text: string): number {
  return codePointsUntil(text, text.length);
}

/** Code points before UTF-16 offset `unit`. */
export function codePointsUntil(text: string, unit: number, from = 0): number {
  let pairs = 0;
  for (let index = from; index < unit - 1; index++) {
    if (isPair(text, index)) {
      pairs++;
      index++;
    }
  }
  return unit - from - pairs;
}

/** UTF-16 offset of code point number `point`; the text's length when it is shorter. */
export function unitAt(text: string, point: number): number {
  let unit = 0;
  for (let seen = 0; seen < point && unit < text.length; seen++) unit += isPair(text, unit) ? 2 : 1;
  return unit;
}

/** `text[start:end]` by code points, as in Python. */
export function sliceByCodePoints(text: string, start: number, end: number): string {
  const from = unitAt(text, start);
  const rest = text.slice(from, from + 2 * Math.max(0, end - start));
  return rest.slice(0, unitAt(rest, end - start));
}

/** Converts UTF-16 offsets that never decrease to code points in one pass over the text. */
export class CodePointCounter {
  private unit = 0;
  private points = 0;

  constructor(private readonly text: string) {}

  at(unit: number): number {
    if (unit < this.unit) {
      this.unit = 0;
      this.points = 0;
    }
    this.points += codePointsUntil(this.text, unit, this.unit);
    this.unit = unit;
    return this.points;
  }
}

function isPair(text: string, index: number): boolean {
  const first = text.charCodeAt(index);
  if (first < 0xd800 || first > 0xdbff) return false;
  const second = text.charCodeAt(index + 1);
  return second >= 0xdc00 && second <= 0xdfff;
}
