import {
  type Description,
  type Generation,
  generationNames,
  generations,
  type Operation,
  type Parameter,
  type Place,
  placesOf,
  type Requirements,
  requirementsOf,
  type Schema,
} from './description.ts'
import { type Guide, titleOf } from './guides.ts'
import { samplesOf, type Tokens } from './samples.ts'
import { table } from './table.ts'

/** What stands before the description of an operation: what somebody needs to call it. */
export function requirementsBlock(requirements: Requirements | undefined): string {
  if (!requirements) return '**Requirements:** none, it is public.'
  const { scopes, methods, tokens } = requirements
  const code = (text: string) => `\`${text}\``
  return [
    '**Requirements**\n',
    `- Scopes: ${scopes.map(code).join(', ') || 'none'}`,
    `- Auth methods: ${methods.join(', ')}`,
    `- Token types: ${tokens.join(', ')}`,
  ].join('\n')
}

/** The page of an operation for those who read with a model: all that the HTML page shows. */
export function operationPage(
  place: Place,
  described: Description,
  setting: { generation: Generation; origin: string; tokens: Tokens | undefined },
): string {
  const { operation } = place
  const requirements = requirementsOf(operation, described)
  const { version } = generations[setting.generation]
  const samples = samplesOf(place, requirements, { ...setting, version })
  return `${[
    `# ${titleOf(operation)}`,
    fence('http', `${place.method.toUpperCase()} ${setting.origin}${place.path}`),
    operation.description ?? '',
    requirementsBlock(requirements),
    '## Request',
    ...parametersOf(operation),
    ...bodyOf(operation),
    '## Responses',
    ...Object.entries(operation.responses).flatMap(([status, { description, content }]) => [
      `### ${status} ${description}`,
      ...contentOf(content),
    ]),
    '## Samples',
    ...samples.flatMap(({ label, lang, source }) => [`### ${label}`, fence(lang, source)]),
  ]
    .filter(Boolean)
    .join('\n\n')}\n`
}

/** `/llms.txt`: all pages, each with its address in Markdown. */
export function llmsText(described: Description, guides: readonly Guide[], origin: string): string {
  const operations = generationNames.flatMap((generation) => {
    const { title, address } = generations[generation]
    const groups = Map.groupBy(
      placesOf(described, generation),
      ({ operation }) => operation.tags?.[0] ?? '',
    )
    return [...groups].map(([tag, places]) =>
      [
        `## ${tag}, ${title}\n`,
        ...places.map(
          ({ method, path, operation }) =>
            `- [${titleOf(operation)}](${origin}${address}/${operation.operationId}.md): ` +
            `\`${method.toUpperCase()} ${path}\``,
        ),
      ].join('\n'),
    )
  })
  const pages = guides.map(({ name, title }) => `- [${title}](${origin}/docs/guide/${name}.md)`)
  return `${[
    '# Groundlevel',
    '> A server that answers the public HighLevel (GoHighLevel, LeadConnector) CRM API.',
    `The OpenAPI description is at ${origin}/openapi.json.`,
    `## Guide\n\n${pages.join('\n')}`,
    ...operations,
  ].join('\n\n')}\n`
}

function parametersOf({ parameters = [] }: Operation): string[] {
  const places = ['header', 'path', 'query'].flatMap((where) =>
    parameters.filter((one) => one.in === where),
  )
  if (places.length === 0) return []
  const row = ({ name, required, description = '', example, schema, in: where }: Parameter) => [
    `\`${name}\``,
    where,
    typeOf(schema),
    required ? 'yes' : '',
    description,
    example === undefined ? '' : `\`${JSON.stringify(example)}\``,
  ]
  const names = ['parameter', 'in', 'type', 'required', 'meaning', 'example']
  return [table(names, places.map(row))]
}

function bodyOf({ requestBody }: Operation): string[] {
  return requestBody ? ['### Body', ...contentOf(requestBody.content)] : []
}

function contentOf(content: Operation['responses'][string]['content']): string[] {
  return Object.values(content ?? {}).flatMap(({ schema, example }) => {
    const rows = fieldsOf(schema)
    return [
      ...(rows.length > 0 ? [table(['field', 'type', 'required', 'meaning'], rows)] : []),
      ...(example === undefined ? [] : [fence('json', JSON.stringify(example, null, 2))]),
    ]
  })
}

/** The fields of a body, those inside others with the way to them. */
function fieldsOf({ properties = {}, required = [], items }: Schema, way = ''): string[][] {
  if (items) return fieldsOf(items, `${way}[]`)
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = way ? `${way}.${name}` : name
    const row = [`\`${path}\``, typeOf(field), required.includes(name) ? 'yes' : '']
    return [[...row, field.description ?? ''], ...fieldsOf(field, path)]
  })
}

function typeOf({ type, enum: values, items }: Schema): string {
  if (values) return `one of ${values.map((value) => `\`${value}\``).join(', ')}`
  const types = [type ?? 'any'].flat().join(' or ')
  return items ? `${types} of ${typeOf(items)}` : types
}

const fence = (lang: string, text: string) => `\`\`\`${lang}\n${text}\n\`\`\``
