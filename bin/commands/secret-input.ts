import fs from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { StartupError } from '../../src/db/startup-error.ts'

/** What a command line said, by the names of its flags. */
export type Flags = Record<string, string | boolean | undefined>

const secretCharsMax = 64 * 1024

/** The flags of a secret. Its own name is known, to be refused with a sentence. */
export const secretFlags = <Name extends string>(name: Name) =>
  ({
    [name]: { type: 'string' },
    [`${name}-stdin`]: { type: 'boolean' },
    [`${name}-file`]: { type: 'string' },
  }) as Record<string, { type: 'string' | 'boolean' }>

/**
 * Reads a secret from standard input (asking for it in a terminal) or a file; undefined where neither
 * is named. Arguments are no place for one: whoever uses the machine can list them.
 */
export async function readSecret(flags: Flags, name: string): Promise<string | undefined> {
  if (flags[name] !== undefined) {
    throw new StartupError(
      `--${name} would show it to all who can list processes: say --${name}-stdin, or ` +
        `--${name}-file FILE.`,
    )
  }
  const file = flags[`${name}-file`]
  const isStdin = flags[`${name}-stdin`] === true
  if (file !== undefined && isStdin) {
    throw new StartupError(`Say --${name}-stdin or --${name}-file, not both.`)
  }
  if (file === undefined && !isStdin) return undefined
  const content = typeof file === 'string' ? readSecretFile(file, name) : await readStdin(name)
  const secret = content.replace(/\r?\n$/, '')
  if (secret === '') throw new StartupError(`The ${name} is empty.`)
  return secret
}

function readSecretFile(file: string, name: string): string {
  try {
    return fs.readFileSync(file, 'utf8').slice(0, secretCharsMax)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    throw new StartupError(`--${name}-file cannot be read (${reason}).`)
  }
}

async function readStdin(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).slice(0, secretCharsMax)
  // What is typed is not shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(`${name}: `)
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
