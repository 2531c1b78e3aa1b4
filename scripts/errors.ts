import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tokenFaults, tokenRefusal } from '../src/api/oauth/errors.ts'
import { table } from '../src/docs/table.ts'
import { ApiError } from '../src/http/errors.ts'

/** Arguments for a constructor of an error, which show as `…` in its message. */
const samples = ['…', ['…']]

/** `generated/errors.md`: the messages of all constructors of errors, called with samples. */
export async function errorsTable(root: string): Promise<string> {
  const rows: string[][] = []
  for (const fault of tokenFaults) {
    for (const generation of ['v2', 'v3'] as const)
      rows.push(rowOf('oauth', tokenRefusal(fault, generation)))
  }
  for (const file of globSync('src/**/{errors,refusals}.ts', { cwd: root }).sort()) {
    const room = basename(dirname(file))
    const exported: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href)
    for (const exportedValue of Object.values(exported)) {
      const error =
        typeof exportedValue === 'function' ? errorOf(exportedValue as ErrorConstructor) : undefined
      if (error && !/^(`(…)?`|.*undefined.*undefined.*)$/.test(messageAndCode(error.body)[0]))
        rows.push(rowOf(room, error))
    }
  }
  // A message of several constructors is listed once.
  const distinctRows = new Map(rows.map((row) => [row.join(), row]))
  const sorted = [...distinctRows.values()].sort((a, b) => (a.join() < b.join() ? -1 : 1))
  return `## Their messages\n\n${introduction}\n\n${table(['status', 'of', 'message', 'code'], sorted)}\n`
}

const introduction =
  'Beside these there are those of a body or a parameter that is not as documented (422), in\n' +
  "the words of upstream's validator, such as `name must be a string`, and those of a request\n" +
  'that cannot be read.'

function rowOf(room: string, { statusCode, body }: ApiError): string[] {
  return [String(statusCode), room, ...messageAndCode(body)]
}

type ErrorConstructor = (...given: unknown[]) => unknown

function errorOf(construct: ErrorConstructor): ApiError | undefined {
  for (const sample of samples) {
    try {
      const error = construct(sample, sample)
      if (error instanceof ApiError && Number.isInteger(error.statusCode)) return error
    } catch {
      // This constructor takes other arguments.
    }
  }
  return undefined
}

function messageAndCode(body: object): [string, string] {
  const { message, error_description: described, code } = body as Record<string, unknown>
  const words = [message ?? described ?? ''].flat().map((text) => `\`${text}\``)
  return [words.join(', '), code ? `\`${code}\`` : '']
}
