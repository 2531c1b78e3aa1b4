/** What a terminal obeys instead of showing it: controls (C0, DEL, C1), and marks of direction. */
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A text from outside in one line for a terminal. */
export function visible(text: string): string {
  return text.replace(obeyed, escaped)
}

/** Several lines, or JSON, which stays the same JSON. */
export function visibleLines(text: string): string {
  return text.replace(obeyed, (sign) => (sign === '\n' ? sign : escaped(sign)))
}
