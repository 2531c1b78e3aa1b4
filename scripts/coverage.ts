import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Description, operationsOf } from './description.ts'
import { addressOf, type Contract, generations } from './official-contract.ts'

const introduction = `# Coverage of the official contract

Written by \`npm run generate\`. An operation is *served* when the server describes it at
\`GET /openapi.json\` under the official operation id, method and path; \`v2\` is the contract of
the dated versions, \`v3\` that of \`Version: v3\`. It is *tested* when a file under \`test/api\`
has a \`describe\` at its top level that names the operation id.`

/** `generated/coverage.md`: what of the official contract's apps is served and tested. */
export function coverageOf(
  served: Description,
  apps: ReadonlyMap<string, Contract>,
  root: string,
): string {
  const tested = testedOperationIds(root)
  const sections = [...apps].map(([app, contract]) => sectionOf(app, served, contract, tested))
  return `${[introduction, ...sections].join('\n\n')}\n`
}

function sectionOf(
  app: string,
  served: Description,
  contract: Contract,
  tested: ReadonlySet<string>,
): string {
  const servedKeys = new Set(
    operationsOf(served).map(
      // What two addresses share in v3 has an id of its own at the newer one.
      ({ method, path, operation: { operationId } }) =>
        `${addressOf(method, path)} ${operationId.replace(/-v3$/, '')}`,
    ),
  )
  const rows = new Map<string, Record<string, string>>()
  for (const { generation, method, path, operation } of contract.operations) {
    const key = `${addressOf(method, path)} ${operation.operationId}`
    const row = rows.get(key) ?? {
      'operation id': `\`${operation.operationId}\``,
      method: method.toUpperCase(),
      path: `\`${path}\``,
      ...Object.fromEntries(generations.map((name) => [`served ${name}`, 'not in it'])),
      tested: yesOrNo(tested.has(operation.operationId)),
    }
    row[`served ${generation}`] = yesOrNo(servedKeys.has(key))
    rows.set(key, row)
  }
  const sortedRows = [...rows.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const count = (column: string) => sortedRows.filter((row) => row[column] === 'yes').length
  const totals =
    `${sortedRows.length} operations; served: ${count('served v2')} of v2, ` +
    `${count('served v3')} of v3; tested: ${count('tested')}.`
  return `## ${app}\n\n${totals}\n\n${table(sortedRows)}`
}

const yesOrNo = (isSo: boolean) => (isSo ? 'yes' : 'no')

const keyOf = (row: Record<string, string>) => `${row.path?.replaceAll('`', '')} ${row.method}`

/** The operation ids that tests under `test/api` name. */
function testedOperationIds(root: string): Set<string> {
  const titles = globSync('test/api/**/*.test.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^describe\((['"`])(.+?)\1/gm)].map(
      ([, , title = '']) => title,
    ),
  )
  return new Set(titles.flatMap((title) => title.split(/[^\w-]+/)))
}

function table(rows: readonly Record<string, string>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, names.map(() => '---'), ...rows.map((row) => Object.values(row))]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
