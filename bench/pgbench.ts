import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Statement } from './operations.ts'
import type { RowRange } from './values.ts'

/** `pgbench (PostgreSQL) 15.18 …`, or undefined where there is none. */
export function pgbenchVersion(): string | undefined {
  const { status, stdout } = spawnSync('pgbench', ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

export type Floor = { perSecond: number; statements: number }

/** Sends the prepared statement from concurrent clients, one transaction each. */
export async function pgbench(
  url: string,
  statement: Statement,
  { clients, seconds, range }: { clients: number; seconds: number; range: RowRange },
): Promise<Floor> {
  const file = join(tmpdir(), `groundlevel-bench-${process.pid}.sql`)
  fs.writeFileSync(file, scriptOf(statement, range, clients))
  const variables = statement.values.flatMap((value, i) =>
    'same' in value && value.same !== null ? ['-D', `v${i + 1}=${literal(value.same)}`] : [],
  )
  const jobs = Math.min(clients, availableParallelism())
  // The first second warms the caches of each client's server process.
  const time = ['-T', String(Math.ceil(seconds) + 1), '-P', '1']
  const args = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(jobs), ...time]
  const child = spawn('pgbench', [...args, '-D', 'n=-1', ...variables, '-f', file, url])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  const [code] = await once(child, 'close')
  fs.rmSync(file)
  if (code !== 0 || !/number of failed transactions: 0 /.test(output)) {
    throw new Error(`pgbench failed: ${output}`)
  }
  const steady = [...output.matchAll(/^progress: [\d.]+ s, ([\d.]+) tps/gm)].slice(1)
  const statements = Number(/actually processed: (\d+)/.exec(output)?.[1])
  const perSecond = steady.reduce((sum, [, tps]) => sum + Number(tps), 0) / steady.length
  return { perSecond, statements }
}

/** Values become variables of pgbench, which it sends as parameters; one that is unset is null. */
function scriptOf({ text, values }: Statement, range: RowRange, clients: number): string {
  const { first, rows, offset, run } = range
  const fresh = 5n * 10n ** 18n + BigInt(run) * 10n ** 12n
  const sets = values.flatMap((value, i) => {
    const set = `\\set v${i + 1}`
    if ('row' in value) return [`${set} ${first}${'0'.repeat(18)} + (${offset} + :i) % ${rows}`]
    if ('fresh' in value) return [`${set} ${fresh} + :i * 10 + ${value.fresh}`]
    return []
  })
  // A colon inside a literal looks like a variable to pgbench.
  const escaped = text.replace(/'[^']*'/g, (quoted) =>
    /:[A-Za-z_0-9]/.test(quoted) ? `E${quoted.replaceAll(':', '\\x3a')}` : quoted,
  )
  const statement = escaped.replace(/\$(\d+)/g, ':v$1').replace(/\s+/g, ' ')
  return [
    '\\set n :n + 1',
    `\\set i :n * ${clients} + :client_id`,
    ...sets,
    `${statement};`,
    '',
  ].join('\n')
}

function literal(value: unknown): string {
  return Array.isArray(value) ? `{${value.map((item) => `"${item}"`).join(',')}}` : String(value)
}
