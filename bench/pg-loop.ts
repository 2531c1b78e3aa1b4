import pg from 'pg'
import { input, output } from './child.ts'
import type { Statement } from './operations.ts'
import type { Floor } from './pgbench.ts'
import { type RowRange, valuesOf } from './values.ts'

/** The floor where there is no pgbench: the same statement from Node's own client, pipelined. */
export type PgLoop = {
  url: string
  statement: Statement
  clients: number
  seconds: number
  range: RowRange
}

const lanesMax = 8
const { url, statement, clients, seconds, range } = input<PgLoop>()
const lanes = Array.from(
  { length: Math.min(clients, lanesMax) },
  () => new pg.Client({ connectionString: url, pipeline: true }),
)
await Promise.all(lanes.map((lane) => lane.connect()))

let next = 0
let statementsTimed = 0
const begin = performance.now()
const from = begin + 1000
const until = from + seconds * 1000

async function client(lane: pg.Client): Promise<void> {
  for (let now = begin; now < until; ) {
    const values = valuesOf(statement, range, next++)
    await lane.query({ name: 'floor', text: statement.text, values })
    now = performance.now()
    if (now >= from && now < until) statementsTimed++
  }
}

await Promise.all(
  Array.from({ length: clients }, (_, i) => client(lanes[i % lanes.length] as pg.Client)),
)
await Promise.all(lanes.map((lane) => lane.end()))
output({ perSecond: statementsTimed / seconds, statements: next } satisfies Floor)
