import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { scopeSentence } from '../../../src/api/oauth/page/views/scope-sentences.ts'
import { scopes } from '../../../src/auth/scopes.ts'
import { testServer } from '../test-server.ts'
import { answerTo, Person, parametersOf, redirectUri, registerApp } from './person.ts'

describe('chooselocation: the parameters', () => {
  const server = testServer()
  let app: Awaited<ReturnType<typeof registerApp>>
  const ask = (query: string, path?: string) => new Person(server).open(query, path)
  const askWith = (changed: Record<string, string | undefined>) => ask(parametersOf(app, changed))

  before(async () => {
    app = await registerApp(server)
  })

  test('200: asks who somebody is, on both addresses, with a slash or without', async () => {
    for (const path of ['/oauth/chooselocation', '/v2/oauth/chooselocation']) {
      for (const slash of ['', '/']) {
        const { status, headers, html } = await ask(parametersOf(app), path + slash)
        assert.equal(status, 200)
        assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
        assert.match(html, /<h1>Sign in<\/h1>/)
        assert.match(html, /Calendar Sync/)
      }
    }
  })

  test('200: version_id, loginWindowOpenMode and unknown parameters are tolerated', async () => {
    const changed = { version_id: app.versionId, loginWindowOpenMode: 'self', foo: 'bar' }
    const { status, forms } = await askWith(changed)
    assert.equal(status, 200)
    assert.match(forms[0]?.action ?? '', /version_id=[0-9a-f]{24}&loginWindowOpenMode=self$/)
  })

  test('200: scopes separated by +, %20 or more blanks, one named twice, or none at all', async () => {
    const base = parametersOf(app, { scope: undefined })
    for (const scope of [
      '&scope=contacts.readonly+opportunities.write',
      '&scope=contacts.readonly%20opportunities.write',
      '&scope=++contacts.readonly+++contacts.readonly+',
      '&scope=',
      '',
    ]) {
      assert.equal((await ask(base + scope)).status, 200, scope)
    }
  })

  test('every answer forbids frames, caches, referrers and what is not ours', async () => {
    const pages = [await ask(parametersOf(app)), await ask('')]
    for (const { headers } of pages) {
      assert.equal(
        headers.get('content-security-policy'),
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
          "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      )
    }
    const redirect = await askWith({ response_type: 'token' })
    for (const { headers } of [...pages, redirect]) {
      assert.equal(headers.get('x-frame-options'), 'DENY')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('cache-control'), 'no-store')
    }
  })

  test('400: an app that is not there is told to the person alone', async () => {
    const unknown = app.clientId.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
    for (const clientId of [
      unknown,
      app.id,
      app.clientId.toUpperCase(),
      `${app.clientId} `,
      "' or 1=1 --",
      'x'.repeat(5000),
    ]) {
      const page = await askWith({ client_id: clientId })
      assert.equal(page.status, 400, clientId)
      assert.equal(page.location, null)
      assert.match(page.html, /There is no app with the client_id/)
    }
    const queriesWithoutClient = [undefined, ''].map((client_id) =>
      parametersOf(app, { client_id }),
    )
    for (const query of [
      ...queriesWithoutClient,
      `${parametersOf(app)}&client_id=${app.clientId}`,
    ]) {
      const page = await ask(query)
      assert.equal(page.status, 400, query)
      assert.equal(page.location, null)
      assert.match(page.html, /must have a client_id, and only one/)
    }
    const nul = await ask(`${parametersOf(app, { client_id: undefined })}&client_id=a%00b`)
    assert.equal(nul.status, 400)
    assert.equal(nul.location, null)
    assert.match(nul.html, /<h1>This request cannot be answered/)
  })

  test('400: a redirect address that is not the registered one to the letter', async () => {
    const ownUri = redirectUri
    for (const uri of [
      'https://evil.example/',
      `${ownUri}&`,
      `${ownUri}#`,
      `${ownUri}#fragment`,
      `${ownUri}/../../evil`,
      ` ${ownUri}`,
      `${ownUri} `,
      `${ownUri}%00`,
      `${ownUri}\n`,
      ownUri.slice(0, -1),
      ownUri.split('?')[0],
      ownUri.replace('https:', 'http:'),
      ownUri.replace('https:', 'HTTPS:'),
      ownUri.replace('https:', ''),
      ownUri.replace('https:', 'javascript:'),
      ownUri.replace('app.example.com', 'APP.example.com'),
      ownUri.replace('app.example.com', 'app.example.com.'),
      ownUri.replace('app.example.com', 'app.example.com:443'),
      ownUri.replace('app.example.com', 'app.example.com:8443'),
      ownUri.replace('app.example.com', 'app.example.com.evil.example'),
      ownUri.replace('app.example.com', 'evil.app.example.com'),
      ownUri.replace('app.example.com', 'evil.example\\@app.example.com'),
      ownUri.replace('app.example.com', 'app.example.com@evil.example'),
      ownUri.replace('app.example.com', 'user:word@app.example.com'),
      ownUri.replace('app.example.com', 'app.еxample.com'),
      ownUri.replace('/oauth/', '//oauth/'),
      ownUri.replace('/oauth/', '/./oauth/'),
      ownUri.replace('/oauth/', '/x/../oauth/'),
      ownUri.replace('/oauth/', '/OAuth/'),
      ownUri.replace('/oauth/', '/%6fauth/'),
      ownUri.replace('?from=', '?FROM='),
      ownUri.replace('callback', 'callback/'),
      'data:text/html,<script>alert(1)</script>',
    ]) {
      const page = await askWith({ redirect_uri: uri })
      assert.equal(page.status, 400, uri)
      assert.equal(page.location, null)
      assert.match(page.html, /is not one that Calendar Sync has registered/)
    }
  })

  test('400: no redirect address, two, a list of them, or that of another app', async () => {
    const otherApp = await registerApp(server, { redirectUris: ['https://other.example/cb'] })
    const encoded = encodeURIComponent(redirectUri)
    const base = parametersOf(app, { redirect_uri: undefined })
    const assertRefused = async (queries: string[], why: RegExp) => {
      for (const query of queries) {
        const page = await ask(query)
        assert.equal(page.status, 400, query)
        assert.equal(page.location, null)
        assert.match(page.html, why)
      }
    }
    const notOne = [
      base,
      `${base}&redirect_uri=`,
      `${parametersOf(app)}&redirect_uri=${encoded}`,
      `${parametersOf(app)}&redirect_uri=https%3A%2F%2Fevil.example`,
      `${base}&redirect_uri[]=${encoded}`,
      `${base}&redirect_uri[0]=${encoded}`,
    ]
    await assertRefused(notOne, /must have a redirect_uri, and only one/)
    const foreign = [
      parametersOf(app, { redirect_uri: otherApp.redirectUris[0] }),
      parametersOf(otherApp, { redirect_uri: redirectUri }),
    ]
    await assertRefused(foreign, /is not one that Calendar Sync has registered/)
  })

  test('400: broken encoding is no address, so that nothing is sent to any', async () => {
    for (const tail of ['&state=%E0%A4%A', '&%zz=1', '&scope=%']) {
      const page = await ask(parametersOf(app) + tail)
      assert.equal(page.status, 400)
      assert.equal(page.location, null)
      assert.match(page.html, /URI malformed/)
    }
  })

  test('302: what else is wrong goes to the app, with its state', async () => {
    const challenge = 'a'.repeat(43)
    const refusals: [Record<string, string | undefined>, error: string, description: string][] = [
      [{ response_type: undefined }, 'invalid_request', 'response_type is missing'],
      [{ response_type: '' }, 'invalid_request', 'response_type is missing'],
      [{ response_type: 'token' }, 'unsupported_response_type', 'response_type must be code'],
      [{ response_type: 'code token' }, 'unsupported_response_type', 'response_type must be code'],
      [
        { scope: 'contacts.readonly contacts.write' },
        'invalid_scope',
        'The app does not have these scopes: contacts.write',
      ],
      [
        { scope: 'CONTACTS.readonly <script>' },
        'invalid_scope',
        'The app does not have these scopes: CONTACTS.readonly',
      ],
      [
        { scope: 'contacts.readonly,opportunities.write' },
        'invalid_scope',
        'The app does not have these scopes: contacts.readonly,opportunities.write. ' +
          'Scopes are separated by blanks',
      ],
      [
        { scope: 'contacts.nonsense contacts.readonly;opportunities.write' },
        'invalid_scope',
        'The app does not have these scopes: contacts.nonsense ' +
          'contacts.readonly;opportunities.write. Scopes are separated by blanks',
      ],
      [
        { code_challenge: challenge, code_challenge_method: 'S512' },
        'invalid_request',
        'code_challenge_method must be S256 or plain',
      ],
      [
        { code_challenge_method: 'S256' },
        'invalid_request',
        'code_challenge_method is given without code_challenge',
      ],
      [
        { code_challenge: 'short', code_challenge_method: 'S256' },
        'invalid_request',
        'code_challenge must be 43 to 128 unreserved characters',
      ],
      [
        { code_challenge: `${challenge}<>` },
        'invalid_request',
        'code_challenge must be 43 to 128 unreserved characters',
      ],
    ]
    for (const [changed, error, description] of refusals) {
      const page = await askWith(changed)
      assert.equal(page.status, 302, JSON.stringify(changed))
      const added = new URLSearchParams({
        error,
        error_description: description,
        state: 'the state',
      })
      assert.equal(page.location, `${redirectUri}&${added.toString().replaceAll('+', '%20')}`)
    }
  })

  test('302: however many scopes the app does not have, the answer fits into a header', async () => {
    const scope = Array.from({ length: 500 }, (_, i) => `scope.number${i}`).join(' ')
    const { error, error_description } = answerTo(await askWith({ scope }))
    assert.equal(error, 'invalid_scope')
    assert.match(String(error_description), /^The app does not have these scopes: scope\.number0 /)
    assert(String(error_description).length < 1700)
  })

  test('302: without a state none is sent, and a strange one comes back unharmed', async () => {
    const bare = await askWith({ response_type: 'token', state: undefined })
    assert.deepEqual(Object.keys(answerTo(bare)), ['from', 'error', 'error_description'])
    for (const state of [
      '{"csrf":"a+b=c&d"}',
      'line\r\nSet-Cookie: a=b',
      '"><script>alert(1)</script>',
      'é😀 %2F',
      'a&code=stolen&error=',
      '#fragment',
    ]) {
      const page = await askWith({ response_type: 'token', state })
      assert.equal(answerTo(page).state, state)
      assert.equal(answerTo(page).code, undefined)
      assert.equal(page.headers.get('set-cookie'), null)
    }
  })

  test('302: a parameter given twice is an invalid request', async () => {
    for (const name of ['state', 'scope', 'response_type', 'code_challenge', 'version_id']) {
      const page = await ask(`${parametersOf(app)}&${name}=a&${name}=b`)
      assert.equal(page.status, 302, name)
      assert.equal(answerTo(page).error, 'invalid_request')
      assert.equal(answerTo(page).error_description, `${name} is given more than once`)
      assert.equal(answerTo(page).state, name === 'state' ? undefined : 'the state')
    }
  })

  test('302: each form of redirect address keeps what it has', async () => {
    const cases = [
      ['https://a.example', 'https://a.example?error='],
      ['https://a.example/', 'https://a.example/?error='],
      ['https://a.example/?', 'https://a.example/?error='],
      ['https://a.example/?b=1', 'https://a.example/?b=1&error='],
      ['https://a.example/?b=%20+&', 'https://a.example/?b=%20+&error='],
      ['http://localhost:3000/cb', 'http://localhost:3000/cb?error='],
      ['https://a.example/über', 'https://a.example/%C3%BCber?error='],
    ] as const
    const redirectUris = cases.map(([uri]) => uri)
    const appOfManyUris = await registerApp(server, { redirectUris })
    for (const [uri, begin] of cases) {
      const page = await ask(
        parametersOf(appOfManyUris, { redirect_uri: uri, response_type: 'token' }),
      )
      assert.equal(page.location?.slice(0, begin.length), begin)
    }
  })

  test('code that stands in any parameter, or in the name of the app, stays text', async () => {
    const code = `"><script>alert('x')</script><img src=x onerror=alert(1)>\`\${1}`
    const evil = await registerApp(server, { name: code })
    const names = ['state', 'version_id', 'loginWindowOpenMode', 'foo']
    const pages = [
      await ask(parametersOf(evil, Object.fromEntries(names.map((name) => [name, code])))),
      await ask(parametersOf(evil, { redirect_uri: code })),
      await ask(parametersOf(evil, { client_id: code })),
    ]
    for (const { html } of pages) {
      assert.doesNotMatch(html, /<script>|<img src=x|onerror=alert\(1\)>/)
      assert.doesNotMatch(html, /"[^"=<>]*"><script/)
    }
    assert.match(pages[0]?.html ?? '', /&lt;script&gt;alert\(&#39;x&#39;\)/)
  })

  test('404: other methods have no route, and nothing of the page is in openapi.json', async () => {
    assert.equal((await server.ask('PUT', '/oauth/chooselocation')).status, 404)
    const response = await fetch(`${server.url}/openapi.json`)
    assert.doesNotMatch(await response.text(), /chooselocation|oauth\/assets/)
  })

  test('200: what the page is drawn with is kept for good, under a name of its content', async () => {
    const { html } = await ask(parametersOf(app))
    const addresses = [...html.matchAll(/"(\/oauth\/assets\/[^"]+)"/g)].map(([, found]) => found)
    assert.equal(new Set(addresses).size, 3)
    for (const address of addresses) {
      const response = await fetch(server.url + address)
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^(text\/css|text\/java|image\/svg)/)
      const cacheControl = 'public, max-age=31536000, immutable'
      assert.equal(response.headers.get('cache-control'), cacheControl)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    }
    assert.equal((await server.ask('GET', '/oauth/assets/page-0.css')).status, 404)
  })

  test('every scope has a sentence of its own', () => {
    const sentences = scopes.map(scopeSentence)
    assert.equal(new Set(sentences).size, scopes.length)
    for (const sentence of sentences) assert.match(sentence, /^[A-Z][a-z]+,? .{8,80}[a-z]$/)
    assert.equal(scopeSentence('workflows.dance'), 'Use “workflows.dance”')
  })
})
