const brand = Symbol('sql')

/** A statement or a part of one: text with parameters `$1…`, and their values. */
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
  return build({ strings: emptyStrings(args.length), args })
}

/**
 * Conditions joined by `and`. One that is not given is left out, so that the database plans for
 * those that are: ``allOf(sql`u.id = ${id}`, role && sql`u.role = ${role}`)``.
 */
export function allOf(...conditions: readonly (Sql | undefined | null | false | '')[]): Sql {
  const given = conditions.filter(isSql)
  return given.length === 0 ? sql`true` : join(given, sql` and `)
}

/**
 * The statement without a name: the database plans it each time for its values, and neither this
 * process nor the database remembers it. It is for statements whose text varies with each client.
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
 * A trie of the templates that make up statements. A template literal is the same object each time
 * it is reached, so the path through its templates identifies a statement, whose text is written
 * and named once.
 */
type TemplateNode = { readonly children: Map<unknown, TemplateNode>; text?: string; name?: string }

const rootNode: TemplateNode = { children: new Map() }
const valueKey = Symbol('value')
const names = new Map<string, string>()

/** Text and name are made when first read: a part is never sent, and needs no node. */
function build(template: Template): Sql {
  let resolved: Pick<Sql, 'text' | 'name' | 'values'> | undefined
  const resolve = () => {
    resolved ??= lookUp(template)
    return resolved
  }
  return {
    get text() {
      return resolve().text
    },
    get name() {
      return resolve().name
    },
    get values() {
      return resolve().values
    },
    [brand]: template,
  }
}

function lookUp(template: Template): Pick<Sql, 'text' | 'name' | 'values'> {
  const values: unknown[] = []
  const node = descend(rootNode, template, values)
  node.text ??= write(template, { count: 0 })
  node.name ??= nameOf(node.text)
  return { text: node.text, name: node.name, values }
}

function collect({ args }: Template, values: unknown[]): void {
  for (const arg of args) {
    if (isSql(arg)) collect(arg[brand], values)
    else values.push(arg)
  }
}

function descend(from: TemplateNode, { strings, args }: Template, values: unknown[]): TemplateNode {
  let node = childOf(from, strings)
  for (const arg of args) {
    if (isSql(arg)) node = descend(node, arg[brand], values)
    else {
      values.push(arg)
      node = childOf(node, valueKey)
    }
  }
  return node
}

function childOf({ children }: TemplateNode, key: unknown): TemplateNode {
  let child = children.get(key)
  if (!child) {
    child = { children: new Map() }
    children.set(key, child)
  }
  return child
}

function write({ strings, args }: Template, parameters: { count: number }): string {
  return strings.reduce((text, part, i) => {
    const arg = args[i - 1]
    if (isSql(arg)) return text + write(arg[brand], parameters) + part
    parameters.count++
    return `${text}$${parameters.count}${part}`
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

const emptyStringsByCount: string[][] = []

/** The empty strings around so many parts; the same array each time, as nodes are found by it. */
function emptyStrings(count: number): readonly string[] {
  emptyStringsByCount[count] ??= Array.from({ length: count + 1 }, () => '')
  return emptyStringsByCount[count]
}
