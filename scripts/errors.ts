import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { faults, tokenRefusal } from '../src/api/oauth/errors.ts'
import { table } from '../src/docs/table.ts'
import { ApiError } from '../src/http/errors.ts'

/** What is handed to a constructor: it reads as `…` in its message, one or several of them. */
const samples = ['…', ['…']]

/** `generated/errors.md`: what the constructors of errors say, each called with a sample. */
export async function errorsTable(root: string): Promise<string> {
  const rows: string[][] = []
  for (const fault of faults) {
    for (const generation of ['v2', 'v3'] as const)
      rows.push(rowOf('oauth', tokenRefusal(fault, generation)))
  }
  for (const file of globSync('src/**/{errors,refusals}.ts', { cwd: root }).sort()) {
    const room = basename(dirname(file))
    const exported: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href)
    for (const made of Object.values(exported)) {
      const error = typeof made === 'function' ? errorOf(made as Make) : undefined
      if (error && !/^(`(…)?`|.*undefined.*undefined.*)$/.test(wordsOf(error.body)[0]))
        rows.push(rowOf(room, error))
    }
  }
  // A message that several constructors have stands once.
  const lines = new Map(rows.map((row) => [row.join(), row]))
  const sorted = [...lines.values()].sort((a, b) => (a.join() < b.join() ? -1 : 1))
  return `## Their messages\n\n${words}\n\n${table(['status', 'of', 'message', 'code'], sorted)}\n`
}

const words =
  'Beside these there are those of a body or a parameter that is not as documented (422), in\n' +
  "the words of upstream's validator, such as `name must be a string`, and those of a request\n" +
  'that cannot be read.'

function rowOf(room: string, { statusCode, body }: ApiError): string[] {
  return [String(statusCode), room, ...wordsOf(body)]
}

type Make = (...given: unknown[]) => unknown

function errorOf(make: Make): ApiError | undefined {
  for (const sample of samples) {
    try {
      const error = make(sample, sample)
      if (error instanceof ApiError && Number.isInteger(error.statusCode)) return error
    } catch {
      // It wants something else.
    }
  }
  return undefined
}

function wordsOf(body: object): [string, string] {
  const { message, error_description: described, code } = body as Record<string, unknown>
  const words = [message ?? described ?? ''].flat().map((text) => `\`${text}\``)
  return [words.join(', '), code ? `\`${code}\`` : '']
}
