import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  agencyConsent,
  consent,
  createAnotherApp,
  credentials,
  form,
  refresh,
  statusOf,
  tokensFor,
} from './client.ts'

describe('revoke-token', () => {
  const server = testServer()

  const revoke = (fields: Record<string, string>, version: string | null = null) =>
    server.ask('POST', '/oauth/revoke', {
      token: null,
      version,
      ...form({ ...credentials, ...fields }),
    })

  const locationTokens = async (agencyToken: string) => {
    const { body } = await server.ask('POST', '/oauth/locationToken', {
      token: agencyToken,
      ...form({ companyId: demo.companyId, locationId: demo.locationId }),
    })
    return body as { access_token: string; refresh_token: string }
  }

  test('200: either token ends both', async () => {
    for (const tokenName of ['access_token', 'refresh_token'] as const) {
      for (const hint of [{}, { token_type_hint: 'refresh_token' }, { token_type_hint: 'x' }]) {
        const tokens = await tokensFor(server, consent(server))
        const { status, text } = await revoke({ token: tokens[tokenName], ...hint })
        assert.equal(status, 200)
        assert.equal(text, '{}')
        assert.equal((await refresh(server, tokens.refresh_token)).status, 400)
        assert.equal(await statusOf(server, tokens.access_token), 401)
      }
    }
  })

  test('200: a token in use ends within a second', async () => {
    const tokens = await tokensFor(server, consent(server))
    assert.equal(await statusOf(server, tokens.access_token), 200)
    await revoke({ token: tokens.access_token })
    server.forgetTokens()
    assert.equal(await statusOf(server, tokens.access_token), 401)
  })

  test('200: JSON, camelCase and a version are taken too', async () => {
    const tokens = await tokensFor(server, consent(server))
    const { clientId, clientSecret } = demo
    const body = { token: tokens.refresh_token, clientId, clientSecret }
    const request = { token: null, version: 'v3', body }
    assert.equal((await server.ask('POST', '/oauth/revoke', request)).status, 200)
    assert.equal((await refresh(server, tokens.refresh_token)).status, 400)
  })

  test('200: a used refresh token ends its successors', async () => {
    const tokens = await tokensFor(server, consent(server))
    const { body } = await refresh(server, tokens.refresh_token)
    assert.equal((await revoke({ token: tokens.refresh_token })).status, 200)
    assert.equal((await refresh(server, String(body.refresh_token))).status, 400)
  })

  test('200: an agency’s takes those of its locations along, and not the other way round', async () => {
    const agency = await tokensFor(server, agencyConsent(server))
    const location = await locationTokens(agency.access_token)
    await revoke({ token: location.refresh_token })
    assert.equal((await refresh(server, location.refresh_token)).status, 400)
    const secondTokens = await locationTokens(agency.access_token)
    await revoke({ token: agency.refresh_token })
    assert.equal((await refresh(server, secondTokens.refresh_token)).status, 400)
    assert.equal((await refresh(server, agency.refresh_token)).status, 400)
  })

  test('200: a token that is none, or none any more', async () => {
    const tokens = await tokensFor(server, consent(server))
    await revoke({ token: tokens.refresh_token })
    const nothings = [
      tokens.refresh_token,
      tokens.access_token,
      'nonsense',
      demo.privateIntegrationToken,
      'x'.repeat(20_000),
    ]
    for (const token of nothings) {
      const { status, text } = await revoke({ token })
      assert.deepEqual([status, text], [200, '{}'])
    }
    assert.equal(await statusOf(server, demo.privateIntegrationToken), 200)
  })

  test('400: another app’s, which lives on', async () => {
    const tokens = await tokensFor(server, consent(server))
    const otherApp = await createAnotherApp(server)
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const { status, text } = await revoke({
        token,
        client_id: otherApp.clientId,
        client_secret: otherApp.clientSecret,
      })
      assert.equal(status, 400)
      const description = 'The token was issued to another client'
      assert.equal(text, `{"error":"invalid_request","error_description":"${description}"}`)
    }
    assert.equal(await statusOf(server, tokens.access_token), 200)
    assert.equal((await refresh(server, tokens.refresh_token)).status, 200)
  })

  test('400: no token', async () => {
    const { status, text } = await revoke({})
    assert.equal(status, 400)
    assert.equal(text, '{"error":"invalid_request","error_description":"Missing parameter: token"}')
  })

  test('401: wrong credentials or none, before the token is looked at', async () => {
    const tokens = await tokensFor(server, consent(server))
    for (const wrong of [{ client_secret: 'guessed' }, { client_id: '' }]) {
      const { status, text } = await revoke({ token: tokens.access_token, ...wrong })
      assert.equal(status, 401)
      assert.equal(
        text,
        '{"error":"invalid_client","error_description":"Invalid client: client is invalid"}',
      )
    }
    assert.equal(await statusOf(server, tokens.access_token), 200)
  })

  test('400: a version that was sent must be one', async () => {
    assert.equal((await revoke({ token: 'x' }, 'bogus')).status, 400)
  })
})
