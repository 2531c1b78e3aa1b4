const brand = Symbol('html')

/** A piece of a page, made by `html`, which escapes strings, or by `markup` of our own files. */
export type Html = { readonly [brand]: string }

type Part = Html | string | number | false | undefined | readonly Part[]

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/**
 * Writes HTML: `` html`<p title="${title}">${text}</p>` ``. What stands in `${}` is escaped, for
 * text and for quoted attributes alike, or is itself made by `html`, or a list of these; false
 * and undefined are nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { [brand]: strings.reduce((text, string, i) => text + write(parts[i - 1]) + string) }
}

/** Takes text as markup: that of our own files, never that of a request. */
export function markup(text: string): Html {
  return { [brand]: text }
}

/** The text of a whole page. */
export function htmlText(page: Html): string {
  return page[brand]
}

function write(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return part.replace(/[&<>"'`]/g, (sign) => entities[sign] ?? '')
  if (typeof part === 'number') return String(part)
  if (isHtml(part)) return part[brand]
  return part.map(write).join('')
}

function isHtml(part: Html | readonly Part[]): part is Html {
  return brand in part
}
