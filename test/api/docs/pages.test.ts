import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { operationsOf } from '../security/operations.ts'
import { testServer } from '../test-server.ts'

const demoTokens = {
  location: demo.privateIntegrationToken,
  agency: demo.agencyPrivateIntegrationToken,
}
const everyToken = [
  demo.privateIntegrationToken,
  demo.agencyPrivateIntegrationToken,
  demo.otherLocation.privateIntegrationToken,
  demo.clientSecret,
]
const languages = ['curl', 'Node.js', 'Python', 'PHP', 'Java', 'Go', 'Ruby', 'PowerShell']

describe('pages of the reference', () => {
  const sandbox = testServer({ demoTokens })
  const production = testServer()

  const get = async (path: string, { on = sandbox, accept = 'text/html' } = {}) => {
    const headers = { accept }
    const answer = await fetch(on.url + path, { headers, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  /** The description that the component reads. */
  const described = async (generation: string, on = sandbox) =>
    JSON.parse((await get(`/docs/openapi/${generation}.json`, { on })).text)

  test('302: the root leads a browser to them, 404: and says to a client what it always did', async () => {
    const browser = await get('/')
    assert.equal(browser.status, 302)
    assert.equal(browser.headers.get('location'), '/docs')
    const client = await sandbox.ask('GET', '/')
    assert.equal(client.text, '{"message":"Cannot GET /","error":"Not Found","statusCode":404}')
  })

  test('200: the page may load and ask nothing of anybody else', async () => {
    for (const path of ['/docs', '/docs/', '/docs/v2']) {
      const { status, headers, text } = await get(path)
      assert.equal(status, 200, path)
      assert.equal(
        headers.get('content-security-policy'),
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
          "img-src 'self' data:; connect-src 'self'; form-action 'none'; " +
          "frame-ancestors 'none'; base-uri 'none'",
      )
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address)
      assert.ok(named.length > 4)
      for (const address of named) assert.match(address ?? '', /^\/(?!\/)/)
    }
  })

  test('200: what it is drawn with stays the same for ever under its address', async () => {
    const { text } = await get('/docs')
    const assets = [...text.matchAll(/"(\/docs\/assets\/[^"]+)"/g)].map(([, found]) => found ?? '')
    assert.ok(assets.length >= 5)
    for (const address of assets) {
      assert.match(address, /-([0-9a-f]{16}|\d+\.\d+\.\d+)\.\w+$/)
      const plain = await fetch(sandbox.url + address, { headers: { 'accept-encoding': '' } })
      assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable')
      assert.equal(plain.headers.get('content-encoding'), null)
      const sent = await plain.text()
      for (const encoding of ['br', 'gzip']) {
        const packed = await fetch(sandbox.url + address, {
          headers: { 'accept-encoding': encoding },
        })
        assert.equal(packed.headers.get('content-encoding'), encoding)
        assert.equal(await packed.text(), sent)
      }
    }
    assert.equal((await get('/docs/assets/none.js')).status, 404)
  })

  test('a first load is less than a megabyte in Brotli', async () => {
    const { text } = await get('/docs')
    const loaded = [...text.matchAll(/"(\/docs\/[^"]+\.[a-z]+)"/g)].map(([, found]) => found ?? '')
    let bytes = text.length
    for (const address of new Set([...loaded, '/docs/openapi/v3.json'])) {
      const headers = { 'accept-encoding': 'br' }
      const answer = await fetch(sandbox.url + address, { headers })
      bytes += Number(answer.headers.get('content-length'))
    }
    assert.ok(bytes > 100_000 && bytes < 1024 * 1024, `${bytes} bytes`)
  })

  test('each operation says what it requires, in samples of eight languages', async () => {
    const { paths, servers } = await described('v3')
    assert.deepEqual(servers[0].variables.baseUrl.default, sandbox.url)
    for (const { method, path, isPublic } of operationsOf(sandbox)) {
      const operation = paths[path][method.toLowerCase()]
      assert.match(operation.description, /^\*\*Requirements/)
      const samples = operation['x-codeSamples'] as { label: string; source: string }[]
      assert.deepEqual(
        samples.map(({ label }) => label),
        languages,
      )
      for (const { source } of samples) {
        assert.ok(source.length > 20 && !source.includes('undefined'), source)
        assert.equal(source.includes('Bearer'), !isPublic)
      }
    }
    const removal = paths['/opportunities/{id}/followers'].delete
    assert.ok(
      removal.description.startsWith(
        '**Requirements**\n\n- Scopes: `opportunities.write`\n' +
          '- Auth methods: OAuth Access Token, Private Integration Token\n' +
          '- Token types: Sub-Account Token\n',
      ),
      removal.description,
    )
  })

  test('each generation shows its own version and operations', async () => {
    const [v3, v2] = [await described('v3'), await described('v2')]
    const version = ({ paths, components }: typeof v3) => {
      const $ref = '#/components/parameters/Version'
      assert.ok(
        paths['/opportunities/{id}'].get.parameters.some(
          (one: { $ref?: string }) => one.$ref === $ref,
        ),
      )
      return components.parameters.Version.example
    }
    assert.equal(version(v3), 'v3')
    assert.equal(version(v2), '2021-07-28')
    assert.ok('/oauth/location-token' in v3.paths)
    assert.ok(!('/oauth/location-token' in v2.paths))
    assert.equal((await get('/docs/openapi/v4.json')).status, 404)
  })

  test('no token and no secret is in any page of production', async () => {
    const pages = [
      '/docs',
      '/docs/v2',
      '/docs/openapi/v3.json',
      '/docs/openapi/v2.json',
      '/llms.txt',
      ...operationsOf(production).map(({ id }) => `/docs/${id}.md`),
    ]
    for (const page of pages) {
      const { status, text } = await get(page, { on: production })
      assert.equal(status, 200, page)
      for (const token of everyToken) assert.ok(!text.includes(token), `${page} ${token}`)
    }
    const { text } = await get('/docs')
    assert.ok(text.includes(demo.privateIntegrationToken), 'the sandbox fills its own in')
  })

  test('200: each operation has its page in Markdown and a short address', async () => {
    const index = (await get('/llms.txt')).text
    const { paths } = await described('v3')
    for (const { id, method, path } of operationsOf(sandbox)) {
      const { status, headers, text } = await get(`/docs/${id}.md`)
      assert.equal(status, 200, id)
      assert.equal(headers.get('content-type'), 'text/markdown; charset=utf-8')
      assert.ok(text.includes(`${method} ${sandbox.url}${path}`), id)
      for (const language of languages) assert.ok(text.includes(`\n### ${language}\n`), id)
      assert.ok(index.includes(`(${sandbox.url}/docs/${id}.md)`), id)
      const short = await get(`/docs/${id}`)
      assert.equal(short.status, 302)
      assert.match(short.headers.get('location') ?? '', new RegExp(`^/docs#tag/[a-z0-9-]+/${id}$`))
    }
    assert.ok(Object.keys(paths).length > 20)
    const older = (await get('/docs/v2/search-opportunity.md')).text
    assert.ok(older.includes('| `location_id` | query | string | yes |'), older)
    assert.ok(older.includes('Version: 2021-07-28') && !older.includes('| `locationId` | query'))
    const newer = (await get('/docs/search-opportunity.md')).text
    assert.ok(newer.includes('| `locationId` | query | string | yes |'), newer)
    assert.equal((await get('/docs/v2/get-installed-location-v3.md')).status, 404)
    const short = await get('/docs/v2/search-opportunity')
    assert.equal(short.headers.get('location'), '/docs/v2#tag/search/search-opportunity')
    assert.equal((await get('/docs/no-such-operation.md')).status, 404)
    assert.equal((await get('/docs/no-such-operation')).status, 404)
  })

  test('200: each page of the guide is there in both forms', async () => {
    const index = (await get('/llms.txt')).text
    const guides = [...index.matchAll(/\/docs\/guide\/([a-z-]+)\.md/g)].map(([, name]) => name)
    assert.ok(guides.length >= 13)
    for (const name of guides) {
      const { status, headers, text } = await get(`/docs/guide/${name}`)
      assert.equal(status, 200, name)
      assert.match(headers.get('content-security-policy') ?? '', /style-src 'self';/)
      assert.match((await get(`/docs/guide/${name}.md`)).text, /^# /)
      assert.doesNotMatch(text, /href="[^"]*\.md(#|")(?!>View as Markdown)/)
    }
    assert.equal((await get('/docs/guide/none')).status, 404)
  })

  test('scopes and errors are those of the code', async () => {
    const scopes = (await get('/docs/guide/scopes.md')).text
    assert.match(scopes, /`opportunities\.write` \|.*\/docs\/remove-followers-opportunity\)/)
    const errors = (await get('/docs/guide/errors.md')).text
    assert.ok(errors.includes('`Opportunity not found` | `OPPORTUNITY_NOT_FOUND`'))
  })

  test('an address that is none is not written into a page', async () => {
    const { paths } = await (async () => {
      const answer = await sandbox.app.inject({
        url: '/docs/openapi/v3.json',
        headers: { host: `evil.example/'"<script>` },
      })
      return answer.json()
    })()
    assert.ok(!JSON.stringify(paths).includes('evil.example'))
  })
})
