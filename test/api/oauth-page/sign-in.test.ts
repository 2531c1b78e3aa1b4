import assert from 'node:assert/strict'
import { afterEach, before, beforeEach, describe, test } from 'node:test'
import { hashPassword } from '../../../src/auth/password.ts'
import { hashToken } from '../../../src/auth/private-integrations.ts'
import { beginSession } from '../../../src/auth/sessions.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency } from '../companies/agencies.ts'
import { testPasswordCost, testServer } from '../test-server.ts'
import { admin, Person, parametersOf, registerApp } from './person.ts'

const wrong = 'This e-mail address and password do not belong together.'
const cookie = 'groundlevel_session'

describe('chooselocation: signing in', () => {
  const server = testServer()
  let query = ''
  let person: Person

  before(async () => {
    query = parametersOf(await registerApp(server))
  })
  beforeEach(() => {
    person = new Person(server)
  })

  const sessions = () =>
    server.db.query<{ hash: string; userId: string; expiresAt: string }>(
      sql`select hash, user_id as "userId", expires_at as "expiresAt" from sessions order by hash`,
    )
  const isSignedIn = async () => !/<h1>Sign in/.test((await person.open(query)).html)

  test('303: the right password, back to the same request', async () => {
    const answer = await person.submit(await person.open(query), '/sign-in', admin)
    assert.equal(answer.status, 303)
    const back = new URL(answer.location ?? '', server.url)
    assert.equal(back.origin, server.url)
    assert.equal(back.pathname, '/oauth/chooselocation')
    assert.deepEqual(
      Object.fromEntries(back.searchParams),
      Object.fromEntries(new URLSearchParams(query)),
    )
    const page = await person.go(answer.location ?? '')
    assert.equal(page.status, 200)
    assert.match(page.html, /Signed in as <bdi>Olivia Hart<\/bdi>/)
  })

  test('303: the address in capitals and with blanks is the same', async () => {
    const email = `  ${admin.email.toUpperCase()} `
    const answer = await person.submit(await person.open(query), '/sign-in', { ...admin, email })
    assert.equal(answer.status, 303)
  })

  test('the cookie is for this page alone, and Secure where the browser speaks https', async () => {
    const first = await person.open(query)
    const secret = person.secret
    assert.deepEqual(first.headers.getSetCookie(), [
      `${cookie}=${secret}; Path=/oauth; HttpOnly; SameSite=Lax`,
      `${cookie}=${secret}; Path=/v2/oauth; HttpOnly; SameSite=Lax`,
    ])
    assert.deepEqual((await person.open(query)).headers.getSetCookie(), [])
    const https = { 'x-forwarded-proto': 'https' }
    const answer = await person.submit(first, '/sign-in', admin, https)
    const known = `groundlevel_browser=${person.cookies.get('groundlevel_browser')}`
    assert.deepEqual(answer.headers.getSetCookie(), [
      `${cookie}=${person.secret}; Path=/oauth; Max-Age=43200; HttpOnly; SameSite=Lax; Secure`,
      `${cookie}=${person.secret}; Path=/v2/oauth; Max-Age=43200; HttpOnly; SameSite=Lax; Secure`,
      `${known}; Path=/oauth; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure`,
      `${known}; Path=/v2/oauth; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure`,
    ])
  })

  test('the secret is new after signing in, and only its hash is stored', async () => {
    const page = await person.open(query)
    const planted = person.secret
    await person.submit(page, '/sign-in', admin)
    assert.notEqual(person.secret, planted)
    assert.match(person.secret ?? '', /^[\w-]{43}$/)
    const stored = JSON.stringify(await sessions())
    assert(!stored.includes(person.secret ?? '') && !stored.includes(planted ?? ''))
    // Whoever planted the first one is not signed in by it.
    const thief = new Person(server)
    thief.cookies.set(cookie, planted ?? '')
    assert.match((await thief.open(query)).html, /<h1>Sign in/)
  })

  test('signing in again ends the session that was there', async () => {
    const page = await person.open(query)
    await person.submit(page, '/sign-in', admin)
    const old = new Person(server)
    old.cookies.set(cookie, person.secret ?? '')
    const before = (await sessions()).length
    const reopened = await person.open(query)
    const formToken = reopened.forms[0]?.fields[0]?.[1] ?? ''
    const body = new URLSearchParams({ ...admin, form_token: formToken })
    const answer = await person.go(page.forms[0]?.action ?? '', { method: 'POST', body })
    assert.equal(answer.status, 303)
    assert.equal((await sessions()).length, before)
    assert.match((await old.open(query)).html, /<h1>Sign in/)
    assert.equal(await isSignedIn(), true)
  })

  test('a session ends after 12 hours', async () => {
    await person.signIn(query, admin)
    const ownToken = person.secret ?? ''
    const begun = server.now
    server.now = new Date(begun.getTime() + 12 * 3_600_000 - 1)
    assert.equal(await isSignedIn(), true)
    server.now = new Date(begun.getTime() + 12 * 3_600_000)
    assert.equal(await isSignedIn(), false)
    const [session] = (await sessions()).filter(({ hash }) => hash === hashToken(ownToken))
    assert.equal(session?.expiresAt, server.now.toISOString())
    server.now = begun
  })

  test('a user who is deleted is not signed in any more, and cannot sign in', async () => {
    const [id, email, password] = ['gone', 'gone@agency.example', 'long enough, this']
    await server.db.query(sql`
      insert into users (id, company_id, first_name, last_name, email, type, role, password_hash,
        created_at, updated_at)
      values (${id}, ${demo.companyId}, 'Al', 'Gone', ${email}, 'agency', 'admin',
        ${await hashPassword(password, testPasswordCost)}, ${server.now}, ${server.now})`)
    await person.signIn(query, { email, password })
    assert.equal(await isSignedIn(), true)
    await server.db.query(sql`update users set deleted_at = ${server.now} where id = ${id}`)
    assert.equal(await isSignedIn(), false)
    const page = await person.open(query)
    const answer = await person.submit(page, '/sign-in', { email, password })
    assert.equal(answer.status, 401)
    assert.match(answer.html, new RegExp(wrong))
  })

  describe('somebody with a session', () => {
    const credentials = { email: 'cleo@agency.example', password: 'long enough, this' }
    const body = {
      ...{ companyId: demo.companyId, firstName: 'Cleo', lastName: 'In', type: 'account' },
      ...{ role: 'admin', locationIds: [demo.locationId], ...credentials },
    }
    let id = ''
    beforeEach(async () => {
      const created = await server.ask('POST', '/users/', { ...asAgency, body })
      assert.equal(created.status, 201, created.text)
      id = String(created.body.id)
      await person.signIn(query, credentials)
      assert.equal(await isSignedIn(), true)
    })
    afterEach(async () => {
      await server.db.query(sql`update users set deleted_at = ${server.now} where id = ${id}`)
    })
    const change = async (values: object) => {
      const { companyId } = demo
      const update = { ...asAgency, body: { companyId, ...values } }
      assert.equal((await server.ask('PUT', `/users/${id}`, update)).status, 200)
    }
    const ownSessions = async () => (await sessions()).filter(({ userId }) => userId === id)

    test('is asked to sign in again after a change of password, in every browser', async () => {
      const elsewhere = new Person(server)
      await elsewhere.signIn(query, credentials)
      const otherPerson = new Person(server)
      await otherPerson.signIn(query, admin)
      await change({ password: 'another password' })
      assert.deepEqual(await ownSessions(), [])
      assert.equal(await isSignedIn(), false)
      assert.match((await elsewhere.open(query)).html, /<h1>Sign in/)
      assert.match((await otherPerson.open(query)).html, /Signed in as/)
      const password = 'another password'
      await person.signIn(query, { ...credentials, password })
      assert.equal(await isSignedIn(), true)
    })

    test('stays signed in through a change of anything else', async () => {
      await change({ firstName: 'Clea', password: null })
      assert.match((await person.open(query)).html, /Signed in as <bdi>Clea In<\/bdi>/)
    })

    test('has none left when they are deleted', async () => {
      assert.equal((await server.ask('DELETE', `/users/${id}`, asAgency)).status, 200)
      assert.deepEqual(await ownSessions(), [])
      assert.equal(await isSignedIn(), false)
    })

    test('begins none with a password that was changed while it was checked', async () => {
      const [row] = await server.db.query<{ passwordHash: string }>(sql`
        select password_hash as "passwordHash" from users where id = ${id}`)
      const { passwordHash = '' } = row ?? {}
      const begin = (secret: string) =>
        beginSession(server.db, secret, { id, passwordHash }, server.now)
      assert.equal(await begin('in time'), true)
      await change({ password: 'another password' })
      assert.equal(await begin('too late'), false)
      assert.deepEqual(await ownSessions(), [])
    })
  })

  test('401: the same answer to a wrong password, a stranger, and who has no password', async () => {
    const page = await person.open(query)
    const bodies = new Set<string>()
    for (const filled of [
      { email: admin.email, password: 'wrong' },
      { email: 'nobody@agency.example', password: admin.password },
      { email: 'ben.castellano@agency.example', password: '' },
      { email: '', password: '' },
      { email: "' or ''='", password: "' or ''='" },
      { email: '%', password: admin.password },
      { email: 'x'.repeat(20_000), password: 'x'.repeat(20_000) },
      { email: [admin.email, admin.email], password: [admin.password, admin.password] },
    ]) {
      const answer = await person.submit(page, '/sign-in', filled)
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('set-cookie'), null)
      assert.match(answer.html, new RegExp(wrong))
      const typed = /value="[^"]*"\s+(?=aria)|autofocus|\s+/g
      bodies.add(answer.html.replace(typed, ' ').replaceAll(/ +/g, ' '))
    }
    assert.equal(bodies.size, 1)
    assert.equal(await isSignedIn(), false)
  })

  test('401: what was typed comes back as text, the password not at all', async () => {
    const page = await person.open(query)
    const email = '"><script>alert(1)</script>@x.example'
    const answer = await person.submit(page, '/sign-in', { email, password: 'secret-word' })
    assert.doesNotMatch(answer.html, /<script>|secret-word/)
    assert.match(answer.html, /value="&quot;&gt;&lt;script&gt;alert\(1\)/)
  })

  test('403: a form without the token, with a wrong one, or with that of another', async () => {
    const page = await person.open(query)
    const otherPage = await new Person(server).open(query)
    const othersToken = otherPage.forms[0]?.fields[0]?.[1] ?? ''
    const ownToken = page.forms[0]?.fields[0]?.[1] ?? ''
    for (const token of [
      [],
      '',
      'x',
      othersToken,
      ownToken.slice(1),
      `${ownToken} `,
      [ownToken, ownToken],
    ]) {
      const answer = await person.submit(page, '/sign-in', { ...admin, form_token: token })
      assert.equal(answer.status, 403)
      assert.equal(answer.location, null)
      assert.match(answer.html, /This page is out of date/)
    }
    assert.equal(await isSignedIn(), false)
  })

  test('403: a form with its token but without the cookie, or from another site', async () => {
    const page = await person.open(query)
    const bare = await new Person(server).submit(page, '/sign-in', admin)
    assert.equal(bare.status, 403)
    for (const site of ['cross-site', 'same-site']) {
      const answer = await person.submit(page, '/sign-in', admin, { 'sec-fetch-site': site })
      assert.equal(answer.status, 403)
    }
    const answer = await person.submit(page, '/sign-in', admin, { 'sec-fetch-site': 'same-origin' })
    assert.equal(answer.status, 303)
  })

  test('403: the token of before signing in is none after it', async () => {
    const page = await person.open(query)
    await person.submit(page, '/sign-in', admin)
    const answer = await person.submit(page, '/sign-in', admin)
    assert.equal(answer.status, 403)
  })

  test('303: signing out ends the session, wherever its cookie went', async () => {
    const page = await person.signIn(query, admin)
    const copy = new Person(server)
    copy.cookies.set(cookie, person.secret ?? '')
    assert.match((await copy.open(query)).html, /Signed in as/)
    const forged = await copy.submit(page, '/sign-out', { form_token: 'x' })
    assert.equal(forged.status, 403)
    const answer = await person.submit(page, '/sign-out')
    assert.equal(answer.status, 303)
    assert.equal(person.secret, undefined)
    assert.match((await copy.open(query)).html, /<h1>Sign in/)
    assert.equal(await isSignedIn(), false)
  })

  test('a cookie that is not ours is replaced, and one that is mistaken opens nothing', async () => {
    for (const value of ['x', '%00', "'", 'a'.repeat(42), 'é'.repeat(43), '']) {
      const { headers, status } = await person.go(`/oauth/chooselocation?${query}`, {
        headers: { cookie: `${cookie}=${encodeURIComponent(value)}` },
      })
      assert.equal(status, 200)
      assert.equal(headers.getSetCookie().length, 2, value)
    }
    person.cookies.set(cookie, 'a'.repeat(43))
    assert.equal(await isSignedIn(), false)
  })

  test('4xx in HTML: a body that is too large, of another type, or broken', async () => {
    const page = await person.open(query)
    const action = page.forms[0]?.action ?? ''
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const json = { 'content-type': 'application/json' }
    const cases = [
      [413, form, `email=${'x'.repeat(64 * 1024)}`],
      [415, json, '{"email":"x"}'],
      [415, { 'content-type': 'text/plain' }, 'email=x'],
      [400, form, 'email=%E0%A4%A'],
      [400, form, 'email=%00'],
      [400, form, new Uint8Array([0x61, 0x3d, 0xff])],
      [403, form, ''],
    ] as const
    for (const [status, headers, body] of cases) {
      const answer = await person.go(action, { method: 'POST', headers, body })
      assert.equal(answer.status, status, String(body).slice(0, 20))
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(answer.headers.get('x-frame-options'), 'DENY')
      assert.match(answer.html, /<h1>/)
      if (status === 415) assert.match(answer.html, /must be application.x-www-form-urlencoded/)
    }
  })

  test('a form of tens of thousands of fields is read in no time', async () => {
    const page = await person.open(query)
    const begun = performance.now()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'a&'.repeat(32_000)
    const answer = await person.go(page.forms[0]?.action ?? '', { method: 'POST', headers, body })
    assert.equal(answer.status, 403)
    assert(performance.now() - begun < 1000)
  })

  test('404: outside the sandbox there is no button, and nothing behind it', async () => {
    const page = await person.open(query)
    assert.doesNotMatch(page.html, /demo|sandbox/i)
    const action = page.forms[0]?.action.replace('/sign-in?', '/demo-sign-in?') ?? ''
    const body = new URLSearchParams(page.forms[0]?.fields)
    assert.equal((await person.go(action, { method: 'POST', body })).status, 404)
    assert.equal(await isSignedIn(), false)
  })
})

describe('chooselocation: signing in to the sandbox', () => {
  const server = testServer({ demoAdmin: demo.admin })
  let query = ''

  before(async () => {
    query = parametersOf(await registerApp(server))
  })

  test('303: a button signs in as the demo admin', async () => {
    const person = new Person(server)
    const page = await person.open(query)
    assert.match(page.html, /Continue as the demo admin/)
    assert.match(page.html, new RegExp(`<code>${demo.admin.password}</code>`))
    const answer = await person.submit(page, '/demo-sign-in')
    assert.equal(answer.status, 303)
    assert.match((await person.go(answer.location ?? '')).html, /Olivia Hart/)
  })

  test('403: the button, too, is only ours to push', async () => {
    const person = new Person(server)
    const page = await person.open(query)
    const answer = await person.submit(page, '/demo-sign-in', { form_token: 'x' })
    assert.equal(answer.status, 403)
    assert.match((await person.open(query)).html, /<h1>Sign in/)
  })

  test('303: its address, opened by itself, leads to the beginning', async () => {
    const page = await new Person(server).open(query, '/oauth/chooselocation/demo-sign-in')
    assert.equal(page.status, 303)
    assert.match(page.location ?? '', /^\/oauth\/chooselocation\?response_type=code&/)
  })

  test('409: a demo admin who was deleted', async () => {
    await server.db.query(
      sql`update users set deleted_at = ${server.now} where id = ${demo.admin.id}`,
    )
    const person = new Person(server)
    const answer = await person.submit(await person.open(query), '/demo-sign-in')
    assert.equal(answer.status, 409)
    assert.match(answer.html, /The demo admin was deleted/)
  })
})
