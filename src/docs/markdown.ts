import {
  type Description,
  type Endpoint,
  endpointsOf,
  type Generation,
  generationNames,
  generations,
  type Operation,
  type Parameter,
  type Requirements,
  requirementsOf,
  type Schema,
} from './description.ts'
import { type Guide, titleOf } from './guides.ts'
import { samplesOf, type Tokens } from './samples.ts'
import { table } from './table.ts'

/** What a caller of an operation needs, for the head of its description. */
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

/** The page of an operation in Markdown for language models, as complete as the HTML page. */
export function operationPage(
  endpoint: Endpoint,
  document: Description,
  setting: { generation: Generation; origin: string; tokens: Tokens | undefined },
): string {
  const { operation } = endpoint
  const requirements = requirementsOf(operation, document)
  const { version } = generations[setting.generation]
  const samples = samplesOf(endpoint, requirements, { ...setting, version })
  return `${[
    `# ${titleOf(operation)}`,
    fence('http', `${endpoint.method.toUpperCase()} ${setting.origin}${endpoint.path}`),
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
export function llmsText(document: Description, guides: readonly Guide[], origin: string): string {
  const operations = generationNames.flatMap((generation) => {
    const { title, address } = generations[generation]
    const groups = Map.groupBy(
      endpointsOf(document, generation),
      ({ operation }) => operation.tags?.[0] ?? '',
    )
    return [...groups].map(([tag, endpoints]) =>
      [
        `## ${tag}, ${title}\n`,
        ...endpoints.map(
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
  const sorted = ['header', 'path', 'query'].flatMap((where) =>
    parameters.filter((one) => one.in === where),
  )
  if (sorted.length === 0) return []
  const row = ({ name, required, description = '', example, schema, in: where }: Parameter) => [
    `\`${name}\``,
    where,
    typeOf(schema),
    required ? 'yes' : '',
    description,
    example === undefined ? '' : `\`${JSON.stringify(example)}\``,
  ]
  const names = ['parameter', 'in', 'type', 'required', 'meaning', 'example']
  return [table(names, sorted.map(row))]
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

/** The fields of a body; nested ones have the path to them. */
function fieldsOf({ properties = {}, required = [], items }: Schema, parentPath = ''): string[][] {
  if (items) return fieldsOf(items, `${parentPath}[]`)
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = parentPath ? `${parentPath}.${name}` : name
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
