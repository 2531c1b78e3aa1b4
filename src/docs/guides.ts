import fs from 'node:fs'
import { scopes } from '../auth/scopes.ts'
import { type Description, type Operation, placesOf, requirementsOf } from './description.ts'
import { table } from './table.ts'

/** A page of concepts: its name in the address, its title, and where its text is. */
export type Guide = { name: string; title: string; text: string }

const root = new URL('../../', import.meta.url)
const read = (file: string) => fs.readFileSync(new URL(file, root), 'utf8')

/** In the order in which somebody new reads them. */
const names = [
  'getting-started',
  'clients',
  'authentication',
  'oauth',
  'private-integrations',
  'scopes',
  'versions',
  'opportunities',
  'pagination',
  'errors',
  'rate-limits',
  'events',
]

/** The pages of `docs/guide`, and those that are made of the code. */
export function readGuides(described: Description): Guide[] {
  const made: Readonly<Record<string, () => string>> = {
    scopes: () => scopesPage(described),
    errors: () => `${read('docs/guide/errors.md')}\n${read('generated/errors.md')}`,
  }
  return [
    ...names.map((name) => guideOf(name, (made[name] ?? (() => read(`docs/guide/${name}.md`)))())),
    ...deviationGuides(),
  ]
}

/** The index of the deviations, and the families in its order. */
function deviationGuides(): Guide[] {
  const index = read('docs/deviations.md')
  const families = [...index.matchAll(/^- .*\]\(deviations\/([a-z-]+)\.md\)/gm)]
  return [
    guideOf('deviations', index),
    ...families.map(([, family]) =>
      guideOf(`deviations-${family}`, read(`docs/deviations/${family}.md`)),
    ),
  ]
}

function guideOf(name: string, text: string): Guide {
  const [, title = name] = /^# (.+)$/m.exec(text) ?? []
  const addressed = text.replaceAll(
    linkToFile,
    (_link, folder = '', page, place = '') =>
      `](/docs/guide/${folder.replace('/', '-')}${page}${place})`,
  )
  return { name, title, text: addressed }
}

/** A link from one of the files to another, as it stands in the repository. */
const linkToFile = /\]\((?:\.\.\/|guide\/)?(deviations\/)?([a-z-]+)\.md(#[\w-]*)?\)/g

/** Which scope opens what: the scopes that the server knows, and the operations that ask for it. */
function scopesPage(described: Description): string {
  const asking = Map.groupBy(
    placesOf(described, 'v3').flatMap(({ operation }) =>
      (requirementsOf(operation, described)?.scopes ?? []).map((scope) => ({ scope, operation })),
    ),
    ({ scope }) => scope,
  )
  const rows = scopes.map((scope) => [
    `\`${scope}\``,
    (asking.get(scope) ?? [])
      .map(({ operation }) => `[${titleOf(operation)}](/docs/${operation.operationId})`)
      .join(', '),
  ])
  return `# Scopes

A token opens what its scopes name. An app asks for them in its authorization link, and a private
integration is given them when it is made. A token without the scope that an operation asks for is
answered \`401\` \`The token is not authorized for this scope.\`

${table(['scope', 'operations that ask for it'], rows)}
`
}

export function titleOf({ summary, operationId }: Operation): string {
  return summary ?? operationId
}
