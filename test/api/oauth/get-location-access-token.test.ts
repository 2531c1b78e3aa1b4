import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findInstall, uninstallApp } from '../../../src/api/oauth/installs/install.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  agencyConsent,
  claimsOf,
  consent,
  createAnotherAgency,
  createAnotherApp,
  exchange,
  form,
  invalidToken,
  refresh,
  setDeleted,
  statusOf,
  tokensFor,
} from './client.ts'

const path = '/oauth/locationToken'
const otherLocation =
  '{"statusCode":403,"message":"The token does not have access to this location."}'

describe('get-location-access-token', () => {
  const server = testServer()

  const ask = (token: string, fields: Record<string, string> = {}) =>
    server.ask('POST', path, {
      token,
      ...form({ companyId: demo.companyId, locationId: demo.locationId, ...fields }),
    })

  test('200: a location’s tokens from the agency’s', async () => {
    const agency = await tokensFor(server, agencyConsent(server))
    const { status, headers, body } = await ask(agency.access_token)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const { access_token, refresh_token, ...rest } = body
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: 86399,
      scope: 'oauth.readonly oauth.write opportunities.readonly companies.readonly',
      userType: 'Location',
      companyId: demo.companyId,
      locationId: demo.locationId,
      userId: demo.userIds[0],
      appId: demo.clientId.slice(0, 24),
      versionId: demo.clientId.slice(0, 24),
    })
    const { authClass, authClassId, sourceId } = claimsOf(String(access_token))
    assert.deepEqual(
      { authClass, authClassId, sourceId },
      { authClass: 'Location', authClassId: demo.locationId, sourceId: demo.clientId },
    )
    assert.equal(await statusOf(server, String(access_token)), 200)
    assert.equal(await statusOf(server, agency.access_token), 401)
    const renewed = await refresh(server, String(refresh_token), { user_type: 'Location' })
    assert.equal(renewed.status, 200)
    assert.equal(renewed.body.locationId, demo.locationId)
    assert.equal(await statusOf(server, String(renewed.body.access_token)), 200)
  })

  test('200: the scope gains oauth.readonly and oauth.write', async () => {
    const scopes = ['oauth.write', 'opportunities.readonly']
    const agency = await tokensFor(server, agencyConsent(server, [demo.locationId], { scopes }))
    const { body } = await ask(agency.access_token)
    assert.equal(body.scope, 'oauth.write opportunities.readonly oauth.readonly')
  })

  test('200: JSON is taken too, and what else clients send is ignored', async () => {
    const { access_token } = await tokensFor(server, agencyConsent(server))
    const body = { companyId: demo.companyId, locationId: demo.locationId, appId: demo.clientId }
    assert.equal((await server.ask('POST', path, { token: access_token, body })).status, 200)
  })

  test('200: v3 has its own path and casing', async () => {
    const { access_token } = await tokensFor(server, agencyConsent(server))
    const fields = form({ companyId: demo.companyId, locationId: demo.locationId })
    const request = { token: access_token, version: 'v3', ...fields }
    const { status, body } = await server.ask('POST', '/oauth/location-token', request)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).sort(), [
      'accessToken',
      'appId',
      'companyId',
      'expiresIn',
      'locationId',
      'refreshToken',
      'scope',
      'tokenType',
      'userId',
      'userType',
      'versionId',
    ])
    assert.equal(await statusOf(server, String(body.accessToken)), 200)
    const old = await server.ask('POST', path, request)
    assert.ok('access_token' in old.body)
  })

  test('200: company_id and location_id are taken too, the names themselves first', async () => {
    const { companyId, locationId } = demo
    const { access_token: token } = await tokensFor(server, agencyConsent(server))
    const spellings = [
      { company_id: companyId, location_id: locationId },
      { company_id: companyId, locationId },
      { company_id: 'another', companyId, location_id: 'another', locationId },
      { company_id: companyId, companyId: '', location_id: locationId, locationId: '' },
    ]
    for (const spelling of spellings) {
      for (const sent of [form(spelling), { body: spelling }]) {
        const answer = await server.ask('POST', path, { token, ...sent })
        assert.deepEqual([answer.status, answer.body.locationId], [200, locationId])
        const v3 = { token, version: 'v3', ...sent }
        assert.equal((await server.ask('POST', '/oauth/location-token', v3)).status, 200)
      }
    }
    const half = await server.ask('POST', path, { token, ...form({ company_id: companyId }) })
    assert.deepEqual(half.body.message, [
      'locationId must be a string',
      'locationId should not be empty',
    ])
    for (const body of [[], [companyId]]) {
      assert.equal((await server.ask('POST', path, { token, body })).status, 422)
    }
  })

  test('404: the path of v3 before v3, whoever asks', async () => {
    const { access_token } = await tokensFor(server, agencyConsent(server))
    const { privateIntegrationToken, agencyPrivateIntegrationToken } = demo
    const otherTokens = [privateIntegrationToken, agencyPrivateIntegrationToken, 'no-token', null]
    for (const token of [access_token, ...otherTokens]) {
      for (const version of ['legacy', '2021-04-15', '2021-07-28', '2023-02-21']) {
        const request = { token, version, ...form({}) }
        const { status, text } = await server.ask('POST', '/oauth/location-token', request)
        assert.equal(status, 404)
        assert.equal(
          text,
          '{"message":"Cannot POST /oauth/location-token","error":"Not Found","statusCode":404}',
        )
      }
    }
  })

  test('401: the path of v3 without a version, and under v3 without a token', async () => {
    const ask = (request: object) => server.ask('POST', '/oauth/location-token', request)
    const noVersion = await ask({ version: null, token: null, ...form({}) })
    assert.equal(noVersion.text, '{"statusCode":401,"message":"version header was not found."}')
    const noToken = await ask({ version: 'v3', token: null, ...form({}) })
    assert.deepEqual([noToken.status, noToken.text], [401, invalidToken])
  })

  describe('which locations', () => {
    test('403: one that was not approved', async () => {
      const approved = [demo.otherLocation.locationId]
      const agency = await tokensFor(server, agencyConsent(server, approved))
      const { status, text } = await ask(agency.access_token)
      assert.deepEqual([status, text], [403, otherLocation])
      const { locationId } = demo.otherLocation
      assert.equal((await ask(agency.access_token, { locationId })).status, 200)
    })

    test('403: one that does not exist, one of another agency, and another agency’s id', async () => {
      const otherAgency = await createAnotherAgency(server)
      const { access_token } = await tokensFor(
        server,
        agencyConsent(server, [demo.locationId, otherAgency.locationId], {
          approveAllLocations: true,
        }),
      )
      for (const locationId of ['nobody-knows-me', otherAgency.locationId]) {
        const { status, text } = await ask(access_token, { locationId })
        assert.deepEqual([status, text], [403, otherLocation])
      }
      const { companyId } = otherAgency
      for (const wrong of [{ companyId, locationId: otherAgency.locationId }, { companyId }]) {
        const { status, text } = await ask(access_token, wrong)
        assert.deepEqual([status, text], [403, otherLocation.replace('location', 'company')])
      }
      assert.equal((await ask(access_token)).status, 200)
    })

    test('403: another agency’s token of the same app', async () => {
      const otherAgency = await createAnotherAgency(server)
      const { companyId, userId } = otherAgency
      const approveAll = { companyId, userId, approveAllLocations: true }
      const { access_token } = await tokensFor(server, agencyConsent(server, [], approveAll))
      assert.deepEqual((await ask(access_token)).status, 403)
      const ownAnswer = await ask(access_token, { companyId, locationId: otherAgency.locationId })
      assert.equal(ownAnswer.status, 200)
      assert.equal(await statusOf(server, String(ownAnswer.body.access_token)), 404)
    })

    test('all locations there are, those to come, or both', async () => {
      const laterLocationId = 'LocationToCome000001'
      const askFor = async (consentOptions: object) => {
        await server.db.query(sql`delete from locations where location_id = ${laterLocationId}`)
        const { access_token } = await tokensFor(server, agencyConsent(server, [], consentOptions))
        await server.db.query(sql`
          insert into locations (location_id, company_id, name, created_at, updated_at)
          values (${laterLocationId}, ${demo.companyId}, 'Later', ${server.now}::timestamptz
            + interval '1 second', ${server.now})`)
        const now = await ask(access_token)
        const laterAnswer = await ask(access_token, { locationId: laterLocationId })
        await server.db.query(sql`
          update oauth_grants set location_id = '' where location_id = ${laterLocationId}`)
        return [now.status, laterAnswer.status]
      }
      assert.deepEqual(await askFor({}), [403, 403])
      assert.deepEqual(await askFor({ approveAllLocations: true }), [200, 403])
      assert.deepEqual(await askFor({ installToFutureLocations: true }), [403, 200])
      const allAndFuture = { approveAllLocations: true, installToFutureLocations: true }
      assert.deepEqual(await askFor(allAndFuture), [200, 200])
      await server.db.query(sql`delete from locations where location_id = ${laterLocationId}`)
    })

    test('whichever is later, the clocks of the servers do not say', async () => {
      const { now } = server
      const hour = 3_600_000
      const token = demo.agencyPrivateIntegrationToken
      for (const [option, expected] of [
        [{ approveAllLocations: true }, [200, 403]],
        [{ installToFutureLocations: true }, [403, 200]],
      ] as const) {
        for (const [consentMs, creationMs] of [
          [0, -hour],
          [0, 0],
          [-hour * 20, 0],
          [hour, -hour],
        ] as const) {
          server.now = new Date(now.getTime() + consentMs)
          const { access_token } = await tokensFor(server, agencyConsent(server, [], option))
          server.now = new Date(now.getTime() + creationMs)
          const body = { name: 'Made on another server', companyId: demo.companyId }
          const created = await server.ask('POST', '/locations/', { token, body })
          assert.equal(created.status, 200, created.text)
          server.now = now
          const statuses = [
            (await ask(access_token)).status,
            (await ask(access_token, { locationId: String(created.body.id) })).status,
          ]
          assert.deepEqual(statuses, expected, `${consentMs} ${creationMs}`)
        }
      }
    })

    test('200: one that installed the app itself, as long as it has it', async () => {
      const { locationId } = demo.otherLocation
      const { companyId } = demo
      const clientId = demo.clientId
      const agency = await tokensFor(server, agencyConsent(server, []))
      assert.equal((await ask(agency.access_token, { locationId })).status, 403)
      await consent(server, { locationId })
      const { status, body } = await ask(agency.access_token, { locationId })
      assert.equal(status, 200)
      const installId = await findInstall(server.db, { clientId, companyId, locationId })
      assert.equal(await uninstallApp(server.db, String(installId), server.now), true)
      assert.equal((await ask(agency.access_token, { locationId })).status, 403)
      assert.equal((await refresh(server, String(body.refresh_token))).status, 400)
    })

    test('403: an app that only the agency’s other app was approved for', async () => {
      const app = await createAnotherApp(server)
      const wanted = {
        app,
        scopes: ['oauth.write'],
        redirectUri: 'https://another.example/callback',
      }
      const code = await agencyConsent(server, [], wanted)
      const issued = await exchange(server, code, {
        client_id: app.clientId,
        client_secret: app.clientSecret,
        redirect_uri: undefined,
      })
      await agencyConsent(server)
      assert.equal((await ask(String(issued.body.access_token))).status, 403)
    })

    test('400: a deleted one', async () => {
      const { locationId } = demo.otherLocation
      const { access_token } = await tokensFor(server, agencyConsent(server))
      await setDeleted(server, locationId, true)
      const { status, text } = await ask(access_token, { locationId })
      await setDeleted(server, locationId, false)
      assert.equal(status, 400)
      assert.equal(text, '{"statusCode":400,"message":"Location is not active"}')
    })
  })

  describe('which tokens', () => {
    test('401: an agency’s private integration', async () => {
      const { status, text } = await ask(demo.agencyPrivateIntegrationToken)
      assert.equal(status, 401)
      const message = 'The token is not authorized for this scope.'
      assert.equal(text, `{"statusCode":401,"message":"${message}"}`)
    })

    test('401: a location’s, by OAuth and by private integration', async () => {
      const agency = await tokensFor(server, agencyConsent(server))
      const location = await ask(agency.access_token)
      for (const token of [String(location.body.access_token), demo.privateIntegrationToken]) {
        const { status, text } = await ask(token)
        assert.equal(status, 401)
        assert.equal(
          text,
          `{"statusCode":401,"message":"This token's user type is not yet supported!"}`,
        )
      }
    })

    test('401: an agency’s without oauth.write', async () => {
      const scopes = ['oauth.readonly']
      const { access_token } = await tokensFor(server, agencyConsent(server, [], { scopes }))
      const { status, body } = await ask(access_token)
      assert.equal(status, 401)
      assert.equal(body.message, 'The token is not authorized for this scope.')
    })

    test('401: no version, before anything else', async () => {
      const { status, body } = await server.ask('POST', path, { version: null, ...form({}) })
      assert.equal(status, 401)
      assert.equal(body.message, 'version header was not found.')
    })
  })

  test('422: what is missing, empty, or no text', async () => {
    const { access_token: token } = await tokensFor(server, agencyConsent(server))
    const nothing = await server.ask('POST', path, { token, ...form({}) })
    assert.equal(nothing.status, 422)
    assert.deepEqual(nothing.body.message, [
      'companyId must be a string',
      'companyId should not be empty',
      'locationId must be a string',
      'locationId should not be empty',
    ])
    const numbers = { token, body: { companyId: 5, locationId: '' } }
    const { body } = await server.ask('POST', path, numbers)
    assert.deepEqual(body.message, ['companyId must be a string', 'locationId should not be empty'])
  })

  test('a location’s tokens end with the agency’s consent, whatever comes after it', async () => {
    const { companyId } = demo
    const clientId = demo.clientId
    const ends = {
      again: async () => void (await agencyConsent(server)),
      uninstalled: async () => {
        const place = { clientId, companyId, locationId: '' }
        const installId = await findInstall(server.db, place)
        assert.equal(await uninstallApp(server.db, String(installId), server.now), true)
      },
    }
    for (const end of Object.values(ends)) {
      const agency = await tokensFor(server, agencyConsent(server))
      const { body } = await ask(agency.access_token)
      assert.equal(await statusOf(server, String(body.access_token)), 200)
      await end()
      server.forgetTokens()
      assert.equal(await statusOf(server, String(body.access_token)), 401)
      assert.equal((await refresh(server, String(body.refresh_token))).status, 400)
      assert.equal((await ask(agency.access_token)).status, 401)
    }
  })

  test('asking again and again gives other tokens of one grant', async () => {
    const { access_token } = await tokensFor(server, agencyConsent(server))
    const bodies = [await ask(access_token), await ask(access_token)].map(({ body }) => body)
    const jtis = bodies.map((body) => String(claimsOf(String(body.access_token)).jti).split('-'))
    assert.equal(jtis[0]?.[0], jtis[1]?.[0])
    assert.notEqual(jtis[0]?.[1], jtis[1]?.[1])
    for (const { refresh_token } of bodies) {
      assert.equal((await refresh(server, String(refresh_token))).status, 200)
    }
  })
})
