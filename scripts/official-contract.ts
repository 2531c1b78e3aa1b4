import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Description, type Operation, operationsOf, type Schema } from './description.ts'

/** The official contract is in two generations: the dated versions and v3. */
export const generations = ['v2', 'v3'] as const
export type Generation = (typeof generations)[number]

export type Contract = {
  operations: { generation: Generation; method: string; path: string; operation: Operation }[]
  /** A schema with its references, inside and across files, replaced by what they name. */
  resolve: (schema: Schema) => Schema
}

const conventionalDir = fileURLToPath(new URL('../../shared/highlevel/openapi/', import.meta.url))

export const contractMissing =
  'The official contract is not here: neither ../shared/highlevel/openapi beside the checkout, ' +
  'nor GROUNDLEVEL_CONTRACT_DIR.'

/** The folder of the official contract; undefined where there is none. */
export function contractDir(): string | undefined {
  const dirFromEnv = process.env.GROUNDLEVEL_CONTRACT_DIR
  if (dirFromEnv && !existsSync(join(dirFromEnv, 'apps'))) {
    throw new Error(`GROUNDLEVEL_CONTRACT_DIR has no folder apps: ${dirFromEnv}`)
  }
  if (dirFromEnv) return dirFromEnv
  return existsSync(conventionalDir) ? conventionalDir : undefined
}

/** Reads the official contract, or only the files of one app. */
export function readContract(dir: string, app = '*'): Contract {
  const documents = new Map<string, unknown>()

  function read(file: string): unknown {
    if (!documents.has(file)) {
      // A reference is relative to the file that it stands in.
      const absolute = (key: string, value: unknown) => {
        if (key !== '$ref' || typeof value !== 'string') return value
        return value.startsWith('#') ? file + value : join(dirname(file), value)
      }
      documents.set(file, JSON.parse(readFileSync(file, 'utf8'), absolute))
    }
    return documents.get(file)
  }

  function resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema
    const [file = '', pointer = ''] = schema.$ref.split('#')
    let target = read(file)
    for (const step of pointer.split('/').slice(1)) {
      target = (target as Record<string, unknown> | undefined)?.[step]
    }
    if (!target) throw new Error(`${schema.$ref} is not there`)
    return resolve(target as Schema)
  }

  const files = {
    v2: globSync(`apps/${app}.json`, { cwd: dir }),
    v3: globSync(`apps/v3/${app}${app === '*' ? '' : '-v3'}.json`, { cwd: dir }),
  }
  const operations = generations.flatMap((generation) =>
    files[generation]
      .sort()
      .flatMap((file) => operationsOf(read(join(dir, file)) as Description))
      .map((described) => ({ generation, ...described })),
  )
  return { operations, resolve }
}

/** Identifies an operation without regard to the names of its path parameters. */
export function addressOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
}
