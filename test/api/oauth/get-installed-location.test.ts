import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findInstall, uninstallApp } from '../../../src/api/oauth/installs/install.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { agencyConsent, consent, createAnotherAgency, tokensFor } from './client.ts'

const appId = demo.clientId.slice(0, 24)
const { companyId } = demo
const otherLocationId = demo.otherLocation.locationId

type Item = { _id: string; isInstalled: boolean } & Record<string, unknown>

describe('get-installed-location', () => {
  const server = testServer()
  let token: string

  before(async () => {
    await server.db.query(sql`
      update locations set address = '47 W 13th St', city = 'New York', state = 'NY',
        postal_code = '10011' where location_id = ${demo.locationId}`)
    const { access_token } = await tokensFor(server, agencyConsent(server, [demo.locationId]))
    token = access_token
  })

  const ask = (query: Record<string, string> = {}, version = '2021-07-28', as = token) => {
    const path = version === 'v3' ? '/oauth/installed-locations' : '/oauth/installedLocations'
    const search = new URLSearchParams({ companyId, appId, ...query })
    return server.ask('GET', `${path}?${search}`, { token: as, version })
  }

  const installed = () => ({
    _id: demo.locationId,
    name: 'Riverside Marketing',
    address: '47 W 13th St, New York, NY 10011, US',
    isInstalled: true,
    versionId: appId,
    installedAt: server.now.toISOString(),
  })
  const notInstalled = {
    _id: otherLocationId,
    name: 'Lakeside Clinics',
    address: 'US',
    isInstalled: false,
  }

  test('200: every location of the agency, those with the app first', async () => {
    const { status, body } = await ask()
    assert.equal(status, 200)
    assert.deepEqual(body, {
      locations: [installed(), notInstalled],
      count: 2,
      installToFutureLocations: false,
    })
  })

  test('200: under v3 with pages and what was applied', async () => {
    const { status, body } = await ask({ isInstalled: 'true' }, 'v3')
    assert.equal(status, 200)
    assert.deepEqual(body, {
      items: [installed()],
      pagination: {
        totalRecords: 1,
        hasNextPage: false,
        hasPrevPage: false,
        currentPageSize: 1,
      },
      metadata: {
        filterApplied: { isInstalled: true, companyId, appId },
        sortApplied: { installedAt: 'desc' },
      },
      installToFutureLocations: false,
    })
  })

  test('200: filters', async () => {
    const idsOf = async (query: Record<string, string>) => {
      const { status, body } = await ask(query)
      assert.equal(status, 200)
      const ids = (body.locations as Item[]).map(({ _id }) => _id)
      assert.equal(body.count, ids.length)
      return ids
    }
    assert.deepEqual(await idsOf({ isInstalled: 'true' }), [demo.locationId])
    assert.deepEqual(await idsOf({ isInstalled: 'false' }), [otherLocationId])
    assert.deepEqual(await idsOf({ query: 'LAKESIDE' }), [otherLocationId])
    assert.deepEqual(await idsOf({ query: '%' }), [])
    assert.deepEqual(await idsOf({ locationId: otherLocationId }), [otherLocationId])
    assert.deepEqual(await idsOf({ locationId: 'nobody-knows-me' }), [])
    assert.deepEqual(await idsOf({ versionId: appId }), [demo.locationId])
    assert.deepEqual(await idsOf({ versionId: 'another' }), [])
    assert.deepEqual(await idsOf({ onTrial: 'true' }), [])
    assert.deepEqual(await idsOf({ onTrial: 'false' }), [demo.locationId, otherLocationId])
    assert.deepEqual(await idsOf({ planId: 'any' }), [])
  })

  test('200: pages, of both kinds', async () => {
    const first = await ask({ limit: '1' })
    const second = await ask({ limit: '1', skip: '1' })
    const third = await ask({ limit: '1', skip: '2' })
    assert.deepEqual(
      [first, second, third].map(({ body }) => [body.count, (body.locations as Item[]).length]),
      [
        [2, 1],
        [2, 1],
        [2, 0],
      ],
    )
    const page = await ask({ pageSize: '1' }, 'v3')
    const pagination = page.body.pagination as Record<string, unknown>
    assert.deepEqual(pagination, {
      totalRecords: 2,
      hasNextPage: true,
      hasPrevPage: false,
      nextPageToken: 'eyJvZmZzZXQiOjF9',
      currentPageSize: 1,
    })
    const next = await ask({ pageSize: '1', pageToken: String(pagination.nextPageToken) }, 'v3')
    assert.deepEqual(
      (next.body.items as Item[]).map(({ _id }) => _id),
      [otherLocationId],
    )
    assert.deepEqual(next.body.pagination, {
      totalRecords: 2,
      hasNextPage: false,
      hasPrevPage: true,
      prevPageToken: 'eyJvZmZzZXQiOjB9',
      currentPageSize: 1,
    })
  })

  test('200: a location with an install of its own, until it is uninstalled', async () => {
    await consent(server, { locationId: otherLocationId })
    const bothLocations = await ask({ isInstalled: 'true' })
    assert.equal(bothLocations.body.count, 2)
    const place = { clientId: demo.clientId, companyId, locationId: otherLocationId }
    const installId = await findInstall(server.db, place)
    assert.equal(await uninstallApp(server.db, String(installId), server.now), true)
    assert.equal((await ask({ isInstalled: 'true' })).body.count, 1)
    assert.equal(await uninstallApp(server.db, String(installId), server.now), false)
  })

  describe('somebody who does not see every location', () => {
    const [, , , , userId] = demo.userIds
    let restricted: string

    before(async () => {
      await server.db.query(sql`update users set type = 'account' where id = ${userId}`)
      const consentOptions = { userId }
      const consented = agencyConsent(server, [demo.locationId], consentOptions)
      restricted = (await tokensFor(server, consented)).access_token
      // Not in the only location without the app, nor in it before.
      await server.db.query(sql`
        delete from location_users where user_id = ${userId} and location_id = ${otherLocationId}`)
    })
    after(async () => {
      const consented = agencyConsent(server, [demo.locationId])
      token = (await tokensFor(server, consented)).access_token
    })

    test('200: is offered their own locations, unless the request says otherwise', async () => {
      const countOf = async (query: Record<string, string>) => {
        const { body } = await ask(query, 'v3', restricted)
        return (body.pagination as { totalRecords: number }).totalRecords
      }
      assert.equal(await countOf({}), 2)
      assert.equal(await countOf({ isInstalled: 'false' }), 0)
      assert.equal(await countOf({ isInstalled: 'false', restrictToUserLocations: 'false' }), 1)
      assert.equal(await countOf({ restrictToUserLocations: 'true' }), 1)
    })

    test('200: a location that they are leaving is not theirs any more', async () => {
      const userLocations = async () => {
        const { body } = await ask({ restrictToUserLocations: 'true' }, 'v3', restricted)
        return (body.items as { _id: string }[]).map(({ _id }) => _id)
      }
      const setLeaving = (leftAt: Date | null) =>
        server.db.query(sql`
          update location_users set left_at = ${leftAt} where user_id = ${userId}`)
      assert.deepEqual(await userLocations(), [demo.locationId])
      await setLeaving(server.now)
      assert.deepEqual(await userLocations(), [])
      await setLeaving(null)
    })
  })

  test('200: nothing of another agency', async () => {
    const two = await createAnotherAgency(server)
    const consentOptions = {
      companyId: two.companyId,
      userId: two.userId,
      approveAllLocations: true,
      installToFutureLocations: true,
    }
    const { access_token } = await tokensFor(server, agencyConsent(server, [], consentOptions))
    const { body } = await ask({ companyId: two.companyId }, '2021-07-28', access_token)
    assert.deepEqual(
      (body.locations as Item[]).map(({ _id }) => _id),
      [two.locationId],
    )
    assert.equal(body.installToFutureLocations, true)
    assert.equal((await ask()).body.count, 2)
  })

  test('403, and 404 under v3: another agency', async () => {
    const before = await ask({ companyId: 'AgencyTwo00000000001' })
    assert.equal(before.status, 403)
    const { status, text } = await ask({ companyId: 'AgencyTwo00000000001' }, 'v3')
    assert.equal(status, 404)
    assert.equal(
      text,
      '{"error":{"code":"RESOURCE_NOT_FOUND",' +
        '"message":"The requested Company \'AgencyTwo00000000001\' was not found.",' +
        '"details":{"resource":"Company","identifier":"AgencyTwo00000000001"},' +
        '"resolution":"Verify the Company exists and you have permission to access it."}}',
    )
  })

  test('400, and 404 under v3: another app', async () => {
    const before = await ask({ appId: 'abc' })
    assert.equal(before.status, 400)
    const message = "The requested App 'abc' was not found."
    assert.equal(before.text, `{"statusCode":400,"message":"${message}"}`)
    const { status, text } = await ask({ appId: 'abc' }, 'v3')
    assert.equal(status, 404)
    assert.equal(
      text,
      `{"error":{"code":"RESOURCE_NOT_FOUND","message":"${message}",` +
        '"details":{"resource":"App","identifier":"abc"},' +
        '"resolution":"Verify the App exists and you have permission to access it."}}',
    )
  })

  test('400 under v3: a page size or a page token that is none', async () => {
    for (const pageSize of ['0', '101', '-1', '1.5']) {
      const { status, body } = await ask({ pageSize }, 'v3')
      assert.equal(status, 400)
      assert.deepEqual(body, {
        error: {
          code: 'INVALID_ARGUMENT',
          message: 'pageSize must be a whole number from 1 to 100.',
          details: { field: 'pageSize' },
          resolution: 'Send a whole number from 1 to 100, or none.',
        },
      })
    }
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const pageToken of [
      'nonsense',
      '',
      encode({ offset: -1 }),
      encode({ offset: 10_001 }),
      encode({ offset: 1e9 }),
      encode({ offset: '1; drop' }),
      encode([1]),
    ]) {
      const { status, body } = await ask({ pageToken }, 'v3')
      assert.equal(status, 400)
      assert.deepEqual(body, {
        error: {
          code: 'INVALID_ARGUMENT',
          message: 'pageToken is invalid.',
          details: { field: 'pageToken' },
          resolution: 'Send the nextPageToken or prevPageToken of an answer as it is.',
        },
      })
    }
  })

  test('422: what is missing or out of range', async () => {
    const nothing = await server.ask('GET', '/oauth/installedLocations', { token })
    assert.equal(nothing.status, 422)
    assert.deepEqual(nothing.body.message, [
      'companyId must be a string',
      'companyId should not be empty',
      'appId must be a string',
      'appId should not be empty',
    ])
    const wrong = { skip: '-1', limit: '501', isInstalled: 'maybe' }
    const { status, body } = await ask(wrong)
    assert.equal(status, 422)
    assert.deepEqual(body.message, [
      'skip must not be less than 0',
      'limit must not be greater than 500',
      'isInstalled must be a boolean value: true or false',
    ])
  })

  test('404: the path of v3 before v3, whoever asks', async () => {
    for (const badToken of [token, demo.privateIntegrationToken, 'no-token', null]) {
      const request = { token: badToken, version: '2023-02-21' }
      const { status, text } = await server.ask('GET', '/oauth/installed-locations?a=b', request)
      assert.equal(status, 404)
      assert.equal(
        text,
        '{"message":"Cannot GET /oauth/installed-locations?a=b","error":"Not Found","statusCode":404}',
      )
    }
  })

  test('401: private integrations, a location’s token, and no oauth.readonly', async () => {
    const scopeMissing = 'The token is not authorized for this scope.'
    const location = await tokensFor(server, consent(server, { scopes: ['oauth.readonly'] }))
    const scopes = ['oauth.write']
    for (const [as, message] of [
      [demo.agencyPrivateIntegrationToken, scopeMissing],
      [demo.privateIntegrationToken, "This token's user type is not yet supported!"],
      [location.access_token, "This token's user type is not yet supported!"],
      [(await tokensFor(server, agencyConsent(server, [], { scopes }))).access_token, scopeMissing],
    ] as const) {
      const { status, body } = await ask({}, '2021-07-28', as)
      assert.equal(status, 401)
      assert.equal(body.message, message)
    }
  })
})
