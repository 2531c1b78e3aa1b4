import fs from 'node:fs'
import { scopes } from '../auth/scopes.ts'
import { type Description, endpointsOf, type Operation, requirementsOf } from './description.ts'
import { table } from './table.ts'

/** A page of concepts: its name in the address, its title, and where its text is. */
export type Guide = { name: string; title: string; text: string }

const root = new URL('../../', import.meta.url)
const readText = (file: string) => fs.readFileSync(new URL(file, root), 'utf8')

/** The guides in the order in which a newcomer reads them. */
const guideNames = [
  'getting-started',
  'clients',
  'tls',
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

/** The pages of `docs/guide`, and those that are generated. */
export function readGuides(document: Description): Guide[] {
  const generatedTexts: Readonly<Record<string, () => string>> = {
    scopes: () => scopesPage(document),
    errors: () => `${readText('docs/guide/errors.md')}\n${readText('generated/errors.md')}`,
  }
  return [
    ...guideNames.map((name) =>
      guideOf(name, (generatedTexts[name] ?? (() => readText(`docs/guide/${name}.md`)))()),
    ),
    ...deviationGuides(),
  ]
}

/** The index of the deviations, and the families in its order. */
function deviationGuides(): Guide[] {
  const index = readText('docs/deviations.md')
  const families = [...index.matchAll(/^- .*\]\(deviations\/([a-z-]+)\.md\)/gm)]
  return [
    guideOf('deviations', index),
    ...families.map(([, family]) =>
      guideOf(`deviations-${family}`, readText(`docs/deviations/${family}.md`)),
    ),
  ]
}

function guideOf(name: string, text: string): Guide {
  const [, title = name] = /^# (.+)$/m.exec(text) ?? []
  const linked = text.replaceAll(
    linkToFile,
    (_link, folder = '', page, place = '') =>
      `](/docs/guide/${folder.replace('/', '-')}${page}${place})`,
  )
  return { name, title, text: linked }
}

/** A link from one of the files to another, as it stands in the repository. */
const linkToFile = /\]\((?:\.\.\/|guide\/)?(deviations\/)?([a-z-]+)\.md(#[\w-]*)?\)/g

/** The page of all scopes, each with the operations that it opens. */
function scopesPage(document: Description): string {
  const operationsByScope = Map.groupBy(
    endpointsOf(document, 'v3').flatMap(({ operation }) =>
      (requirementsOf(operation, document)?.scopes ?? []).map((scope) => ({ scope, operation })),
    ),
    ({ scope }) => scope,
  )
  const rows = [...operationsByScope].map(([scope, operations]) => [
    `\`${scope}\``,
    operations
      .map(({ operation }) => `[${titleOf(operation)}](/docs/${operation.operationId})`)
      .join(', '),
  ])
  const otherScopes = scopes.filter((scope) => !operationsByScope.has(scope))
  return `# Scopes

A token opens what its scopes name. An app asks for them in its authorization link, separated by
blanks, and a private integration is given them when it is made. A token without the scope that an
operation asks for is answered \`401\` \`The token is not authorized for this scope.\`

${table(['scope', 'operations that ask for it'], rows.sort())}

HighLevel's other scopes are known too, so that an app which asks for them can be installed. No
operation that is served asks for them:

${otherScopes.map((scope) => `\`${scope}\``).join(', ')}.
`
}

export function titleOf({ summary, operationId }: Operation): string {
  return summary ?? operationId
}
