import { opportunityEvents } from '../src/api/opportunities/events.ts'
import { followedOpportunities } from '../src/api/opportunities/followers.ts'
import { findOpportunity } from '../src/api/opportunities/store/statements.ts'
import { insertOpportunity } from '../src/api/opportunities/store/writes.ts'
import { type Database, engines } from '../src/db/database.ts'
import type { Sql } from '../src/db/sql.ts'
import { demo } from '../src/demo/ids.ts'
import { addFollowers, removeFollowers } from '../src/resource/followers.ts'
import { contactId, type Kind, kinds, userId } from './world.ts'

/** A value of a statement: constant, the id of the row, or the n-th new id of each run. */
export type Value = { same: unknown } | { row: true } | { fresh: number }

/** A statement as the server sends it. */
export type Statement = { text: string; values: Value[] }

/** The two halves of a request, between which the id of its row stands. */
export type RequestText = {
  before: string
  after: string
  status: number
  /** Text that a successful answer holds. */
  expect: string
}

export type Operation = {
  name: string
  /** Which opportunities it works on. */
  kind: Kind
  /** First digit of the ids that it counts through. */
  first: string
  /** Whether it changes each row once, so that a round may not come back to a row. */
  once: boolean
  /** `follower` is the number of the user who is added or removed. */
  request(follower: number): RequestText
  /** The statement that the same request sends to the database. */
  statement(follower: number): Promise<Statement>
}

const rowMark = '@row'
const newIdMark = '@new'
const { locationId } = demo
const followedRow = () => ({ locationId, id: rowMark, now: new Date() })

export const operations: readonly Operation[] = [
  {
    name: 'GET opportunity',
    kind: 'full',
    first: kinds.full,
    once: false,
    request: () => requestText('GET', '/opportunities/', '', 200, '"opportunity":{'),
    statement: () => capture((db) => findOpportunity(db, locationId, rowMark)),
  },
  {
    name: 'POST opportunity',
    kind: 'full',
    first: contactId(0).slice(0, 1),
    once: false,
    request: createText,
    statement: () =>
      capture((db) => insertOpportunity(db, locationId, newOpportunity, new Date(), creates)),
  },
  {
    name: 'POST followers',
    kind: 'empty',
    first: kinds.empty,
    once: true,
    request: (follower) => followersText('POST', follower, 201, '"followersAdded":["'),
    statement: (follower) =>
      capture((db) => addFollowers(db, followedOpportunities, followedRow(), [userId(follower)])),
  },
  {
    name: 'DELETE followers',
    kind: 'full',
    first: kinds.full,
    once: true,
    request: (follower) => followersText('DELETE', follower, 200, '"followersRemoved":["'),
    statement: (follower) =>
      capture((db) =>
        removeFollowers(db, followedOpportunities, followedRow(), [userId(follower)]),
      ),
  },
]

const { onCreate: creates } = opportunityEvents(true)

const newOpportunity = {
  id: newIdMark,
  name: 'Bench',
  pipelineId: demo.pipelineId,
  stageId: demo.stageIds[1],
  contactId: rowMark,
  status: 'open',
  lostReasonId: null,
  monetaryValue: 220,
  assigneeId: null,
  followers: [],
  source: null,
  customFields: [],
  expectedCloseDate: null,
  probability: null,
  internalSource: { type: 'CREATED', channel: 'API', source: 'PUBLIC_API' },
  allowsDuplicate: true,
}

function createText(): RequestText {
  const { pipelineId, stageId: pipelineStageId, name, status, monetaryValue } = newOpportunity
  const body = { locationId, pipelineId, pipelineStageId, name, status, monetaryValue }
  const text = JSON.stringify({ ...body, contactId: contactId(0) })
  const requestWithId = requestText('POST', '/opportunities/', text, 201, '"opportunity":{').after
  const at = requestWithId.indexOf(contactId(0))
  const head = `POST /opportunities/ HTTP/1.1${requestWithId.slice(requestWithId.indexOf('\r\n'), at)}`
  const after = requestWithId.slice(at + contactId(0).length)
  return { before: head, after, status: 201, expect: '"opportunity":{' }
}

function followersText(method: string, follower: number, status: number, expect: string) {
  const body = JSON.stringify({ followers: [userId(follower)] })
  const { before, after } = requestText(method, '/opportunities/', body, status, expect)
  return { before, after: `/followers${after}`, status, expect }
}

function requestText(
  method: string,
  path: string,
  body: string,
  status: number,
  expect: string,
): RequestText {
  const headers = [
    'Host: 127.0.0.1',
    `Authorization: Bearer ${demo.privateIntegrationToken}`,
    'Version: 2021-07-28',
    'Accept: application/json',
    ...(body ? ['Content-Type: application/json', `Content-Length: ${body.length}`] : []),
  ]
  const after = ` HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`
  return { before: `${method} ${path}`, after, status, expect }
}

/** Runs a function of a family against a database that only records. */
async function capture(send: (db: Database) => Promise<unknown>): Promise<Statement> {
  const [a, b] = [await recordStatement(send), await recordStatement(send)]
  let fresh = 0
  const values = a.values.map((value, i): Value => {
    if (value === rowMark) return { row: true }
    if (value === newIdMark) return { fresh: 0 }
    // A text that differs between two calls is a new id.
    if (typeof value === 'string' && value !== b.values[i]) return { fresh: ++fresh }
    return { same: value instanceof Date ? value.toISOString() : value }
  })
  return { text: a.text, values }
}

async function recordStatement(send: (db: Database) => Promise<unknown>): Promise<Sql> {
  const statements: Sql[] = []
  const refuseTransaction = () => Promise.reject(new Error('This database only listens'))
  await send({
    engine: engines.postgres,
    async query(statement) {
      // One commit in many also folds counts.
      if (!statement.text.includes('into opportunity_counts')) statements.push(statement)
      return []
    },
    transaction: refuseTransaction,
    close: async () => undefined,
  })
  const [statement] = statements
  if (!statement || statements.length > 1) throw new Error('One operation should be one statement')
  return statement
}
