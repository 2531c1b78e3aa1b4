import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Operation } from './description.ts'
import {
  addressOf,
  type Contract,
  contractDir,
  contractMissing,
  type Generation,
  generations,
  readContract,
} from './official-contract.ts'
import { scopeFacts } from './upstream-scopes.ts'

/** What the official contract states of an operation; its prose stays there. */
type Facts = {
  operationId: string
  summary: string
  tags: readonly string[]
  /** The scopes that each security scheme asks for. */
  security: Readonly<Record<string, readonly string[]>>
  /** The success status. */
  status: number
}

/**
 * `generated/contract.json`: the facts of every official operation, one line for an address. They
 * are those of v3 where it has the address; what differs in v2 stands under `v2`.
 */
function contractFacts({ operations }: Pick<Contract, 'operations'>): string {
  const byAddress = Map.groupBy(operations, ({ method, path }) => addressOf(method, path))
  const lines = [...byAddress.values()].map((generationsOfAddress) => {
    const facts = new Map(
      generationsOfAddress.map((twin) => [twin.generation, factsOf(twin.operation)]),
    )
    const newest = generationsOfAddress.at(-1)
    if (!newest || facts.size !== generationsOfAddress.length)
      throw new Error('An address stands twice')
    const address = `${newest.method.toUpperCase()} ${newest.path.replaceAll(/\{([^}]*)\}/g, ':$1')}`
    return `${JSON.stringify(address)}: ${JSON.stringify(entryOf(facts))}`
  })
  return `{\n${lines.sort().join(',\n')}\n}\n`
}

function entryOf(facts: ReadonlyMap<Generation, Facts>): object {
  const [v2, v3] = [facts.get('v2'), facts.get('v3')]
  const differencesOfV2 = v2 && v3 ? differenceOf(v2, v3) : {}
  return {
    ...(v3 ?? v2),
    generations: generations.filter((generation) => facts.has(generation)),
    ...(Object.keys(differencesOfV2).length > 0 && { v2: differencesOfV2 }),
  }
}

function differenceOf(v2: Facts, v3: Facts): Partial<Facts> {
  const differs = (name: keyof Facts) => JSON.stringify(v2[name]) !== JSON.stringify(v3[name])
  const names = (Object.keys(v3) as (keyof Facts)[]).filter(differs)
  return Object.fromEntries(names.map((name) => [name, v2[name]]))
}

function factsOf(operation: Operation): Facts {
  const { operationId, summary = '', tags = [], security = [], responses } = operation
  const statuses = Object.keys(responses).filter((status) => status.startsWith('2'))
  return {
    operationId,
    summary,
    tags,
    security: Object.assign({}, ...security),
    status: Number(statuses[0]),
  }
}

/** The files of facts, by name; that of scopes only where all that names them is there. */
export function factFiles(dir: string): Map<string, string> {
  const contract = readContract(dir)
  const files = new Map([['generated/contract.json', contractFacts(contract)]])
  const scopes = scopeFacts(contract, dir)
  if (scopes) files.set('generated/scopes.json', scopes)
  return files
}

/** `npm run contract`. It imports nothing of `src`, which does not start without the facts. */
if (import.meta.main) {
  const dir = contractDir()
  if (!dir) console.log(`The facts of the contract are left as they are. ${contractMissing}`)
  for (const [file, text] of dir ? factFiles(dir) : []) {
    writeFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), text)
    console.log(`${file} is written`)
  }
}
