import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contract } from './official-contract.ts'

/** UPSTREAM: the official pages of pipelines' operations; no list has them. */
const pipelineScopes = ['pipelines.create', 'pipelines.readonly', 'pipelines.write']

/**
 * `generated/scopes.json`: every scope that upstream has, and what names it first: the official
 * contract, its page of scopes, the catalogue of operations as recorded, or an operation's page.
 * Undefined where the two beside the contract are missing.
 */
export function scopeFacts({ operations }: Contract, dir: string): string | undefined {
  const page = join(dir, '../oauth-docs/Scopes.md')
  const catalogue = join(dir, '../conventions.tsv')
  if (!existsSync(page) || !existsSync(catalogue)) return undefined
  const security = operations.flatMap(({ operation }) => operation.security ?? [])
  const sources = {
    contract: security.flatMap((schemes) => Object.values(schemes).flat()),
    'page of scopes': firstColumnOf(readFileSync(page, 'utf8')),
    catalogue: recordedScopesOf(readFileSync(catalogue, 'utf8')),
    'page of an operation': pipelineScopes,
  }
  const facts = new Map<string, string>()
  for (const [source, scopes] of Object.entries(sources)) {
    for (const scope of scopes) if (!facts.has(scope)) facts.set(scope, source)
  }
  return `${JSON.stringify(Object.fromEntries([...facts].sort()), null, 2)}\n`
}

/** The names in a Markdown table's first column; its head has no dot. */
function firstColumnOf(text: string): string[] {
  return [...text.matchAll(/^\| *(\w[\w/-]*\.[\w.-]+) *\|/gm)].map(([, name = '']) => name)
}

function recordedScopesOf(text: string): string[] {
  const [head = [], ...rows] = text.split('\n').map((line) => line.split('\t'))
  const column = head.indexOf('scopes_recorded')
  if (column < 0) throw new Error('conventions.tsv has no column scopes_recorded')
  return rows.flatMap((row) => (row[column] ?? '').split(/[ ,]+/).filter((name) => name !== ''))
}
