const brand = Symbol('sql')

/** A statement or a part of one: text with `$1…` places, and the values that fill them. */
export type Sql = {
  readonly text: string
  readonly values: readonly unknown[]
  /** Name of the prepared statement; the same text always has the same one. */
  readonly name: string
  readonly [brand]: Template
}

type Template = { readonly strings: readonly string[]; readonly args: readonly unknown[] }

const names = new Map<string, string>()
const texts = new WeakMap<readonly string[], { text: string; name: string }>()

/**
 * Writes SQL: `` sql`select … where location_id = ${locationId}` ``. What stands in `${}` becomes
 * a parameter, or, when it is itself made by `sql`, a part of the statement. There is no way to
 * splice a string into the text.
 */
export function sql(strings: TemplateStringsArray, ...args: readonly unknown[]): Sql {
  // The types say so already; this is for callers that have none.
  if (!Array.isArray(strings.raw)) throw new TypeError('`sql` is a tag for template literals')
  const template = { strings, args }
  if (args.some(isSql)) {
    const built = flatten(template)
    return { ...built, name: nameOf(built.text), [brand]: template }
  }
  let known = texts.get(strings)
  if (!known) {
    const text = flatten(template).text
    known = { text, name: nameOf(text) }
    texts.set(strings, known)
  }
  return { text: known.text, name: known.name, values: args, [brand]: template }
}

/** Parts joined by a separator that is itself SQL: `` join(rows, sql`, `) ``. */
export function join(parts: readonly Sql[], separator: Sql): Sql {
  if (parts.length === 0) return sql``
  const strings = ['', ...parts.slice(1).map(() => ''), '']
  const args = parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part]))
  const template = { strings: [...strings, ...parts.slice(1).map(() => '')], args }
  const built = flatten(template)
  return { ...built, name: nameOf(built.text), [brand]: template }
}

/** Whether a value was made by `sql`: only such a value may be executed. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && brand in value
}

function flatten(template: Template): { text: string; values: unknown[] } {
  const values: unknown[] = []
  const write = ({ strings, args }: Template): string =>
    strings.reduce((text, part, i) => {
      const arg = args[i - 1]
      if (isSql(arg)) return text + write(arg[brand]) + part
      values.push(arg)
      return `${text}$${values.length}${part}`
    })
  return { text: write(template), values }
}

function nameOf(text: string): string {
  let name = names.get(text)
  if (!name) {
    name = `s${names.size + 1}`
    names.set(text, name)
  }
  return name
}
