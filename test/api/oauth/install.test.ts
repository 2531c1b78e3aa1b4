import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findInstall, uninstallApp } from '../../../src/api/oauth/installs/install.ts'
import { scopes } from '../../../src/auth/scopes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  agencyConsent,
  consent,
  createAnotherAgency,
  demoApp,
  exchange,
  refresh,
  statusOf,
  type Tokens,
  tokensFor,
} from './client.ts'

const { clientId, companyId, locationId } = demo

describe('installing and uninstalling', () => {
  const server = testServer()

  const uninstall = async (place: string) => {
    const installId = await findInstall(server.db, { clientId, companyId, locationId: place })
    assert.ok(installId)
    assert.equal(await uninstallApp(server.db, installId, server.now), true)
  }
  const installs = () =>
    server.db.query<{ id: string }>(sql`
      select id from oauth_installs where location_id = ${locationId}`)

  async function isOver({ access_token, refresh_token }: Tokens): Promise<void> {
    server.forgetTokens()
    assert.equal(await statusOf(server, access_token), 401)
    assert.equal((await refresh(server, refresh_token)).status, 400)
  }

  test('a code is 40 hex digits', async () => {
    assert.match(await consent(server), /^[0-9a-f]{40}$/)
  })

  // UPSTREAM: activepieces' piece asks for these; three are of operations that are not served.
  test('scopes of what is not served are granted, and open what is', async () => {
    const asked = [
      'locations.readonly contacts.write contacts.readonly locations/tags.readonly',
      'opportunities.readonly opportunities.write users.readonly',
      'campaigns.readonly workflows.readonly forms.readonly',
    ].join(' ')
    const tokens = await tokensFor(server, consent(server, { scopes: asked.split(' ') }))
    assert.equal(tokens.scope, asked)
    assert.equal(await statusOf(server, tokens.access_token), 200)
  })

  test('the sandbox’s app may ask for every scope, and all together make a token', async () => {
    assert.deepEqual((await demoApp(server)).scopes, scopes)
    const tokens = await tokensFor(server, consent(server, { scopes }))
    assert.equal(tokens.scope, scopes.join(' '))
    assert.equal(await statusOf(server, tokens.access_token), 200)
  })

  test('installing again ends earlier tokens and codes, and keeps one install', async () => {
    const tokens = await tokensFor(server, consent(server))
    const renewed = await refresh(server, tokens.refresh_token)
    const unused = await consent(server)
    assert.equal((await exchange(server, await consent(server))).status, 200)
    assert.equal((await exchange(server, unused)).status, 401)
    await isOver(tokens)
    assert.equal((await refresh(server, String(renewed.body.refresh_token))).status, 400)
    assert.equal((await installs()).length, 1)
  })

  test('a location’s install and the agency’s leave each other alone', async () => {
    const location = await tokensFor(server, consent(server))
    const agency = await tokensFor(server, agencyConsent(server))
    assert.equal(await statusOf(server, location.access_token), 200)
    await consent(server)
    assert.equal((await refresh(server, agency.refresh_token)).status, 200)
  })

  test('uninstalling ends tokens and codes, and only its own', async () => {
    const tokens = await tokensFor(server, consent(server))
    const otherLocationId = demo.otherLocation.locationId
    const elsewhere = await tokensFor(server, consent(server, { locationId: otherLocationId }))
    await uninstall(locationId)
    await isOver(tokens)
    assert.equal((await refresh(server, elsewhere.refresh_token)).status, 200)
    const code = await consent(server)
    await uninstall(locationId)
    assert.equal((await exchange(server, code)).status, 401)
  })

  test('installing revives what was uninstalled, and nothing that was given before', async () => {
    const tokens = await tokensFor(server, consent(server))
    const before = await installs()
    await uninstall(locationId)
    const newTokens = await tokensFor(server, consent(server))
    assert.deepEqual(await installs(), before)
    assert.equal(await statusOf(server, newTokens.access_token), 200)
    await isOver(tokens)
  })

  test('many consents at once: one code is left, and its tokens work', async () => {
    const codes = await Promise.all(Array.from({ length: 6 }, () => consent(server)))
    const answers = []
    for (const code of codes) answers.push(await exchange(server, code))
    const good = answers.filter(({ status }) => status === 200)
    assert.equal(good.length, 1)
    assert.equal(await statusOf(server, String(good[0]?.body.access_token)), 200)
  })

  test('a consent while its predecessor’s code is exchanged leaves nothing of that one', async () => {
    for (let i = 0; i < 5; i++) {
      const code = await consent(server)
      const [exchanged, next] = await Promise.all([exchange(server, code), consent(server)])
      if (exchanged.status === 200) {
        const { refresh_token } = exchanged.body
        assert.equal((await refresh(server, String(refresh_token))).status, 400)
      }
      assert.equal((await exchange(server, next)).status, 200)
    }
  })

  test('nothing can be installed in another agency’s location', async () => {
    const two = await createAnotherAgency(server)
    await assert.rejects(consent(server, { locationId: two.locationId }))
    await assert.rejects(consent(server, { locationId: 'nobody-knows-me' }))
    await assert.rejects(consent(server, { companyId: two.companyId }))
    const { body } = await exchange(
      server,
      await agencyConsent(server, [locationId, two.locationId]),
    )
    assert.deepEqual(body.approvedLocations, [locationId])
  })
})
