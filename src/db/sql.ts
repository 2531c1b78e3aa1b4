const brand = Symbol('sql')

/** A statement or a part of one: text with `$1…` places, and the values that fill them. */
export type Sql = {
  readonly text: string
  readonly values: readonly unknown[]
  /** Name of the prepared statement; the same text always has the same one. '': none. */
  readonly name: string
  readonly [brand]: Template
}

type Template = { readonly strings: readonly string[]; readonly args: readonly unknown[] }

/**
 * Writes SQL: `` sql`select … where location_id = ${locationId}` ``. What stands in `${}` becomes
 * a parameter, or, when it is itself made by `sql`, a part of the statement. There is no way to
 * splice a string into the text.
 */
export function sql(strings: TemplateStringsArray, ...args: readonly unknown[]): Sql {
  // The types say so already; this is for callers that have none.
  if (!Array.isArray(strings.raw)) throw new TypeError('`sql` is a tag for template literals')
  return build({ strings, args })
}

/** Parts joined by a separator that is itself SQL: `` join(rows, sql`, `) ``. */
export function join(parts: readonly Sql[], separator: Sql): Sql {
  const args = parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part]))
  return build({ strings: gaps(args.length), args })
}

/**
 * The statement again, without a name: it is planned anew each time for the values that it has, and
 * nothing is remembered of it, neither here nor in the database. For statements whose text is as
 * manifold as what clients send.
 */
export function unnamed(statement: Sql): Sql {
  const template = statement[brand]
  const values: unknown[] = []
  collect(template, values)
  return { text: write(template, { count: 0 }), values, name: '', [brand]: template }
}

/** Whether a value was made by `sql`: only such a value may be executed. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * What templates have been put together so far. A template literal is the same object each time
 * it is reached, so a statement is known by the way through its templates, and its text is
 * written and named once.
 */
type Way = { readonly on: Map<unknown, Way>; text?: string; name?: string }

const start: Way = { on: new Map() }
const value = Symbol('value')
const names = new Map<string, string>()

/** A part is never asked for its text: only what is sent leaves a way behind. */
function build(template: Template): Sql {
  let known: Pick<Sql, 'text' | 'name' | 'values'> | undefined
  const found = () => {
    known ??= find(template)
    return known
  }
  return {
    get text() {
      return found().text
    },
    get name() {
      return found().name
    },
    get values() {
      return found().values
    },
    [brand]: template,
  }
}

function find(template: Template): Pick<Sql, 'text' | 'name' | 'values'> {
  const values: unknown[] = []
  const way = follow(start, template, values)
  way.text ??= write(template, { count: 0 })
  way.name ??= nameOf(way.text)
  return { text: way.text, name: way.name, values }
}

function collect({ args }: Template, values: unknown[]): void {
  for (const arg of args) {
    if (isSql(arg)) collect(arg[brand], values)
    else values.push(arg)
  }
}

function follow(from: Way, { strings, args }: Template, values: unknown[]): Way {
  let way = step(from, strings)
  for (const arg of args) {
    if (isSql(arg)) way = follow(way, arg[brand], values)
    else {
      values.push(arg)
      way = step(way, value)
    }
  }
  return way
}

function step({ on }: Way, key: unknown): Way {
  let next = on.get(key)
  if (!next) {
    next = { on: new Map() }
    on.set(key, next)
  }
  return next
}

function write({ strings, args }: Template, places: { count: number }): string {
  return strings.reduce((text, part, i) => {
    const arg = args[i - 1]
    if (isSql(arg)) return text + write(arg[brand], places) + part
    places.count++
    return `${text}$${places.count}${part}`
  })
}

function nameOf(text: string): string {
  let name = names.get(text)
  if (!name) {
    name = `s${names.size + 1}`
    names.set(text, name)
  }
  return name
}

const gapsKnown: string[][] = []

/** The strings around so many parts: nothing, and the same nothing each time. */
function gaps(count: number): readonly string[] {
  gapsKnown[count] ??= Array.from({ length: count + 1 }, () => '')
  return gapsKnown[count]
}
