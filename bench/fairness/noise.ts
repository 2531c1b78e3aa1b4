import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { demo } from '../../src/demo/ids.ts'
import { input, output } from '../child.ts'
import { kinds, rowId } from '../world.ts'
import { type Answer, connect, percentile, requestText } from './connection.ts'
import type { Noise, NoiseResult } from './noises.ts'
import { signInWrongly } from './stranger.ts'

const { kind, ports, databaseUrl, seconds, name, ...noise } = input<Noise>()
const token = demo.privateIntegrationToken
const end = performance.now() + seconds * 1000
const answers: Answer[] = []

/** Clients that ask again as soon as they are answered; those of `load` wait when they are told to. */
async function clients(
  count: number,
  textOf: (client: number, round: number) => string,
  roundsMax = Number.POSITIVE_INFINITY,
): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: count }, (_, i) => connect(ports[i % ports.length] ?? 0)),
  )
  const work = connections.map(async (ask, client) => {
    for (let round = 0; performance.now() < end && round < roundsMax; round++) {
      const answer = await ask(textOf(client, round))
      answers.push(answer)
      if (kind === 'load' && answer.retryMs > 0) await sleep(answer.retryMs)
    }
  })
  await Promise.all(work)
}

const path = `/opportunities/${demo.opportunityId}`
const read = requestText({ method: 'GET', path, token })

async function changePasswords(): Promise<void> {
  const text = requestText({
    method: 'PUT',
    path: `/users/${demo.userIds[1]}`,
    token: demo.agencyPrivateIntegrationToken,
    body: { companyId: demo.companyId, password: 'Another-1-password' },
  })
  await clients(90, () => text, 1)
}

async function sendBulks(): Promise<void> {
  const operationsOf = (client: number, round: number) =>
    Array.from({ length: 500 }, (_, i) => ({
      action: 'update',
      id: rowId(kinds.full, client * 500 + i),
      body: { monetaryValue: round },
    }))
  await clients(8, (client, round) =>
    requestText({
      method: 'POST',
      path: '/opportunities/bulk',
      token,
      key: `${name}-${client}-${round}`,
      body: { locationId: demo.locationId, operations: operationsOf(client, round) },
    }),
  )
}

async function lockRow(): Promise<void> {
  const locker = new pg.Client({ connectionString: databaseUrl })
  await locker.connect()
  await locker.query(
    `begin; select id from opportunities where id = '${demo.opportunityId}' for update`,
  )
  const body = { status: 'open' }
  await clients(24, () => requestText({ method: 'PUT', path: `${path}/status`, token, body }))
  await locker.query('rollback')
  await locker.end()
}

async function signStrangersIn(): Promise<void> {
  const attempts = Array.from({ length: 29 }, (_, i) =>
    signInWrongly(ports[i % ports.length] ?? 0, `stranger-${i}@${name}.example`),
  )
  answers.push(...(await Promise.all(attempts)))
}

const makers: Readonly<Record<Noise['kind'], () => Promise<void>>> = {
  passwords: changePasswords,
  bulks: sendBulks,
  lock: lockRow,
  strangers: signStrangersIn,
  connections: () => clients(2_000, () => read),
  load: () => clients(noise.connections ?? 1, () => read),
}

const started = performance.now()
await makers[kind]()
const tookMs = performance.now() - started
const isRefusal = ({ status }: Answer) => status === 429 || status === 503
// Whoever signs in wrongly is told so.
const unexpected = answers.find(
  (answer) => answer.status >= 300 && !isRefusal(answer) && answer.status !== 401,
)
if (unexpected) throw new Error(`The noise is answered ${unexpected.status}`)
const acceptedMs = answers.filter((answer) => !isRefusal(answer)).map(({ ms }) => ms)
output({
  accepted: acceptedMs.length,
  refused: answers.length - acceptedMs.length,
  perSecond: (acceptedMs.length * 1000) / tookMs,
  p50: percentile(acceptedMs, 0.5),
  p99: percentile(acceptedMs, 0.99),
} satisfies NoiseResult)
process.exit(0)
