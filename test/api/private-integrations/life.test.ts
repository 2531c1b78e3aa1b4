import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  cancelOverlap,
  createPrivateIntegration,
  deletePrivateIntegration,
  hashToken,
  listPrivateIntegrations,
  privateIntegrationToken,
  revokeTokens,
  rotateToken,
  setScopes,
} from '../../../src/auth/private-integrations.ts'
import type { Scope } from '../../../src/auth/scopes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'

const path = `/opportunities/${demo.opportunityId}`
const followers = `${path}/followers`
const day = 86_400_000

describe('private integrations', () => {
  const server = testServer()
  const { companyId, locationId } = demo
  const read: Scope[] = ['opportunities.readonly']

  const create = (scopes = read) =>
    createPrivateIntegration(server.db, { name: 'CRM', companyId, locationId, scopes }, server.now)

  async function status(token: string): Promise<number> {
    const answer = await server.ask('GET', path, { token })
    if (answer.status === 401) {
      const text = '{"statusCode":401,"message":"Invalid Private Integration token"}'
      assert.equal(answer.text, text)
    }
    return answer.status
  }

  const listed = async (id: string) =>
    (await listPrivateIntegrations(server.db, {}, server.now)).find(
      (liveToken) => liveToken.id === id,
    )

  test('a new one works at once, and only its hash is kept', async () => {
    const { id, token } = await create()
    assert.match(token, privateIntegrationToken)
    assert.equal(await status(token), 200)
    const rows = await server.db.query(sql`
      select hash from private_integration_tokens where private_integration_id = ${id}`)
    assert.deepEqual(rows, [{ hash: hashToken(token) }])
  })

  test('an agency’s own one reaches the agency’s operations, and no location’s', async () => {
    const place = { companyId, locationId: null }
    const scopes: Scope[] = ['companies.readonly', 'opportunities.readonly']
    const agency = { name: 'Agency', ...place, scopes }
    const { id, token } = await createPrivateIntegration(server.db, agency, server.now)
    assert.equal((await server.ask('GET', `/companies/${companyId}`, { token })).status, 200)
    assert.equal((await server.ask('GET', path, { token })).status, 401)
    assert.equal((await listed(id))?.locationId, null)
  })

  test('other scopes take effect without another token', async () => {
    const { id, token } = await create()
    const write = () => server.ask('POST', followers, { token, body: { followers: [] } })
    const refusal = await write()
    assert.equal(refusal.status, 401)
    assert.equal(refusal.body.message, 'The token is not authorized for this scope.')
    const scopes: Scope[] = ['opportunities.write']
    assert.equal(await setScopes(server.db, { id, scopes }, server.now), true)
    server.forgetTokens()
    assert.equal((await write()).status, 201)
    assert.equal((await server.ask('GET', path, { token })).status, 401)
    assert.deepEqual((await listed(id))?.scopes, scopes)
    assert.equal(await setScopes(server.db, { id: 'nobody', scopes }, server.now), false)
  })

  test('a rotation leaves the old token seven days, and not a moment more', async () => {
    const { id, token } = await create()
    const begin = server.now
    try {
      const rotated = await rotateToken(server.db, { id, oldTokenEnds: 'later' }, begin)
      const ends = new Date(begin.getTime() + 7 * day)
      assert.deepEqual(rotated?.oldTokenEndsAt, ends)
      assert.notEqual(rotated?.token, token)
      for (const one of [token, rotated?.token ?? '']) assert.equal(await status(one), 200)
      assert.equal((await listed(id))?.activeTokens, 2)
      assert.equal((await listed(id))?.overlapEndsAt, ends.toISOString())
      server.now = new Date(ends.getTime() - 1)
      assert.equal(await status(token), 200)
      server.now = ends
      assert.equal(await status(token), 401, 'even though it was verified a moment ago')
      assert.equal(await status(rotated?.token ?? ''), 200)
      assert.equal((await listed(id))?.activeTokens, 1)
      assert.equal((await listed(id))?.overlapEndsAt, null)
    } finally {
      server.now = begin
    }
  })

  test('a rotation may end the old token at once', async () => {
    const { id, token } = await create()
    const first = await rotateToken(server.db, { id, oldTokenEnds: 'later' }, server.now)
    const second = await rotateToken(server.db, { id, oldTokenEnds: 'now' }, server.now)
    assert.deepEqual(second?.oldTokenEndsAt, server.now)
    assert.equal(await status(token), 401, 'the one of the overlap ends too')
    assert.equal(await status(first?.token ?? ''), 401)
    assert.equal(await status(second?.token ?? ''), 200)
    assert.equal(
      await rotateToken(server.db, { id: 'nobody', oldTokenEnds: 'now' }, server.now),
      undefined,
    )
  })

  test('a second rotation leaves the first one’s end where it was', async () => {
    const { id, token } = await create()
    const begin = server.now
    await rotateToken(server.db, { id, oldTokenEnds: 'later' }, begin)
    await rotateToken(server.db, { id, oldTokenEnds: 'later' }, new Date(begin.getTime() + 3 * day))
    const rows = await server.db.query<{ endsAt: string | null; hash: string }>(sql`
      select expires_at as "endsAt", hash from private_integration_tokens
      where private_integration_id = ${id}`)
    const ends = rows.map(({ endsAt }) => endsAt).sort()
    const inDays = (days: number) => new Date(begin.getTime() + days * day).toISOString()
    assert.deepEqual(ends, [inDays(7), inDays(10), null])
    const old = rows.find(({ hash }) => hash === hashToken(token))
    assert.equal(old?.endsAt, inDays(7))
  })

  test('rotations at once leave one token that does not end', async () => {
    const { id } = await create()
    const rotations = Array.from({ length: 4 }, () =>
      rotateToken(server.db, { id, oldTokenEnds: 'now' }, server.now),
    )
    const tokens = (await Promise.all(rotations)).map((rotated) => rotated?.token ?? '')
    const statuses = await Promise.all(tokens.map(status))
    assert.deepEqual(statuses.sort(), [200, 401, 401, 401])
    assert.equal((await listed(id))?.activeTokens, 1)
  })

  test('an overlap that is cancelled ends the old token, and the new one stays', async () => {
    const { id, token } = await create()
    assert.equal(await cancelOverlap(server.db, id, server.now), 0, 'there is none yet')
    const rotated = await rotateToken(server.db, { id, oldTokenEnds: 'later' }, server.now)
    assert.equal(await status(token), 200)
    assert.equal(await cancelOverlap(server.db, id, server.now), 1)
    server.forgetTokens()
    assert.equal(await status(token), 401)
    assert.equal(await status(rotated?.token ?? ''), 200)
    assert.equal(await cancelOverlap(server.db, id, server.now), 0)
    assert.equal((await listed(id))?.overlapEndsAt, null)
  })

  test('one that is deleted is gone with its tokens', async () => {
    const { id, token } = await create()
    assert.equal(await status(token), 200)
    assert.equal(await deletePrivateIntegration(server.db, id), true)
    server.forgetTokens()
    assert.equal(await status(token), 401)
    assert.equal(await listed(id), undefined)
    assert.equal(await deletePrivateIntegration(server.db, id), false)
  })

  test('a revoked token ends, and its integration stays', async () => {
    const { id, token } = await create()
    assert.equal(await revokeTokens(server.db, { token }, server.now), 1)
    assert.equal(await revokeTokens(server.db, { id }, server.now), 0)
    assert.equal(await status(token), 401)
    assert.equal((await listed(id))?.activeTokens, 0)
    const rotated = await rotateToken(server.db, { id, oldTokenEnds: 'later' }, server.now)
    assert.equal(await status(rotated?.token ?? ''), 200)
  })

  test('the list is of everybody, of a company, or of one location', async () => {
    const names = async (place: { companyId?: string; locationId?: string }) =>
      (await listPrivateIntegrations(server.db, place, server.now)).map(({ name }) => name)
    const allNames = await names({})
    assert.ok(
      ['Sandbox', 'Sandbox (agency)', 'Sandbox (other)'].every((one) => allNames.includes(one)),
    )
    assert.deepEqual(await names({ companyId }), allNames)
    assert.deepEqual(await names({ companyId: 'nobody' }), [])
    const otherLocationId = demo.otherLocation.locationId
    assert.deepEqual(await names({ locationId: otherLocationId }), ['Sandbox (other)'])
  })
})
