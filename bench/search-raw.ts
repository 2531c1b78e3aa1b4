import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { sessionOptions } from '../src/db/postgres.ts'
import type { Sql } from '../src/db/sql.ts'
import { pgbenchVersion } from './pgbench.ts'

/**
 * How pgbench sends statements: as text with the values in it, which is its default, or as the server
 * sends them, prepared where the server prepares them.
 */
export type StatementForm = 'text' | 'as sent'

/**
 * Runs statements by pgbench for a second, one after the other; returns their mean in milliseconds,
 * or nothing without pgbench.
 */
export function rawMs(url: string, statements: readonly Sql[], form: StatementForm): number[] {
  if (!pgbenchVersion()) return []
  const file = join(os.tmpdir(), `groundlevel-search-${process.pid}.sql`)
  const { lines, variables } = form === 'text' ? withValues(statements) : withVariables(statements)
  fs.writeFileSync(file, lines.map((line) => `${line.replace(/\s+/g, ' ')};\n`).join(''))
  const mode = form === 'text' ? 'simple' : modeOf(statements)
  const args = ['-n', '-M', mode, '-c', '1', '-T', '1', ...variables, '-f', file, url]
  const env = { ...process.env, PGOPTIONS: sessionOptions }
  const { status, stdout, stderr } = spawnSync('pgbench', args, { encoding: 'utf8', env })
  fs.rmSync(file)
  const found = /latency average = ([\d.]+) ms/.exec(stdout)
  if (status !== 0 || !found) throw new Error(`pgbench failed: ${stdout}${stderr}`)
  return [Number(found[1])]
}

/** A statement that the server plans for each request is planned each time here too. */
const modeOf = (statements: readonly Sql[]) =>
  statements.some(({ name }) => name === '') ? 'extended' : 'prepared'

type Script = { lines: string[]; variables: string[] }

function withValues(statements: readonly Sql[]): Script {
  const lines = statements.map(({ text, values }) =>
    text.replace(/\$(\d+)/g, (_, n) => {
      const value = values[Number(n) - 1] ?? null
      return value === null ? 'null' : `'${literal(value).replaceAll("'", "''")}'`
    }),
  )
  return { lines, variables: [] }
}

/** Values become variables of pgbench, which it sends as parameters. */
function withVariables(statements: readonly Sql[]): Script {
  let count = 0
  const variables: string[] = []
  const lines = statements.map(({ text, values }) => {
    const first = count
    for (const value of values) {
      count++
      // One that is unset is null; one that is empty cannot be set.
      if (value !== null && value !== '') variables.push('-D', `v${count}=${literal(value)}`)
    }
    // A colon inside a literal looks like a variable to pgbench.
    const escaped = text.replace(/'[^']*'/g, (quoted) =>
      /:[A-Za-z_0-9]/.test(quoted) ? `E${quoted.replaceAll(':', '\\x3a')}` : quoted,
    )
    return escaped.replace(/\$(\d+)/g, (_, n) =>
      values[Number(n) - 1] === '' ? "''::text" : `:v${first + Number(n)}`,
    )
  })
  return { lines, variables }
}

function literal(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? `{${value.map((item) => `"${item}"`).join(',')}}` : String(value)
}
