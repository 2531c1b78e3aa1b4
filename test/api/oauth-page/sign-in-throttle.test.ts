import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, test } from 'node:test'
import { signInThrottle } from '../../../src/api/oauth/page/sign-in-throttle.ts'
import { isKnownBrowser } from '../../../src/api/oauth/page/visitor.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { type Counts, memoryCounts, postgresCounts } from '../../../src/http/rate-limit/counts.ts'
import { testServer } from '../test-server.ts'
import { admin, type Page, Person, parametersOf, registerApp } from './person.ts'

const maya = { account: 'maya@example.com', isKnown: false }

describe('chooselocation: many tries to sign in', () => {
  const server = testServer()

  function assertWaits(page: Page): void {
    assert.equal(page.status, 429)
    assert.match(page.html, /Too many tries\. Wait 15 minutes\./)
    const seconds = Number(page.headers.get('retry-after'))
    assert(seconds > 800 && seconds <= 900, String(seconds))
    assert.equal(page.headers.get('set-cookie'), null)
  }

  test('429: after ten for an account from one address, even with the right password', async () => {
    const query = parametersOf(await registerApp(server))
    const person = new Person(server)
    const page = await person.open(query)
    // One that succeeds counts for nothing, and clears what failed before.
    const typo = await person.submit(page, '/sign-in', { ...admin, password: 'typo' })
    assert.equal(typo.status, 401)
    assert.equal((await person.submit(page, '/sign-in', admin)).status, 303)

    const thief = new Person(server)
    const form = await thief.open(query)
    const tries = Array.from({ length: 14 }, (_, i) => {
      const email = i % 2 ? admin.email.toUpperCase() : ` ${admin.email}`
      return thief.submit(form, '/sign-in', { email, password: `guess ${i}` })
    })
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 401).length, 10)
    assert.equal(statuses.filter((status) => status === 429).length, 4)
    assertWaits(await thief.submit(form, '/sign-in', admin))

    // Another account, from the same network address, may still be tried; then that has enough.
    const other = () => {
      const email = `${Math.random()}@agency.example`
      return thief.submit(form, '/sign-in', { email, password: 'x' })
    }
    assert.equal((await other()).status, 401)
    const more = await Promise.all(Array.from({ length: 20 }, other))
    assert(more.some(({ status }) => status === 401))
    assertWaits(await other())
  })

  test('what is not a try does not wait: pages, and forms of others', async () => {
    const query = parametersOf(await registerApp(server))
    const person = new Person(server)
    const page = await person.open(query)
    assert.equal(page.status, 200)
    const answer = await person.submit(page, '/sign-in', { ...admin, form_token: '' })
    assert.equal(answer.status, 403)
  })

  test('servers on one database count together, and what succeeds is given back there', async () => {
    const counts = [postgresCounts(server.db, 'logged'), postgresCounts(server.db, 'logged')]
    const servers = counts.map((kept) => signInThrottle(kept, server.settings.keys))
    const mayTry = async (i: number) => servers[i % 2]?.({ ip: '192.0.2.1', ...maya })
    const succeed = async (i: number) => {
      const tried = await mayTry(i)
      assert.equal(tried?.waitMs, undefined)
      await tried?.succeeded()
    }
    for (let i = 0; i < 9; i++) assert.equal((await mayTry(i))?.waitMs, undefined)
    await succeed(10)
    for (let i = 0; i < 8; i++) assert.equal((await mayTry(i))?.waitMs, undefined)
    const atOnce = await Promise.all(Array.from({ length: 6 }, (_, i) => mayTry(i)))
    assert.equal(atOnce.filter((tried) => tried?.waitMs === undefined).length, 2)
    for (const i of [0, 1]) assert((await mayTry(i))?.waitMs)
    for (const { close } of counts) await close()
  })

  test('a stranger locks nobody out elsewhere, nor a browser that its owner has used', async () => {
    const mayTry = signInThrottle(memoryCounts(), server.settings.keys)
    const tried = async (ip: string, isKnown = false) =>
      (await mayTry({ ip, account: maya.account, isKnown })).waitMs === undefined
    for (let i = 0; i < 10; i++) assert.ok(await tried('192.0.2.1'))
    assert.ok(!(await tried('192.0.2.1')))
    assert.ok(await tried('198.51.100.7'), 'the owner, from another address')
    // Many strangers together reach the bound of the account.
    let admitted = 11
    for (let i = 2; i < 30; i++) {
      for (let j = 0; j < 5; j++) if (await tried(`192.0.2.${i}`)) admitted++
    }
    assert.equal(admitted, 100)
    assert.ok(!(await tried('198.51.100.7')))
    for (let i = 0; i < 8; i++) assert.ok(await tried('198.51.100.7', true), 'a known browser')
    assert.ok(!(await tried('198.51.100.7', true)), 'which has no more tries than others')
  })

  test('what is counted cannot be tried against a guess, and outlives a crash', async () => {
    const keys: string[] = []
    const counts: Counts = {
      counter: () => async (key) => {
        keys.push(key)
        return { total: 1, endsInMs: 1 }
      },
      close: async () => undefined,
    }
    // Somebody typed the password into the wrong field.
    const account = 'correct horse battery staple'
    const mayTry = signInThrottle(counts, server.settings.keys)
    await mayTry({ ip: '192.0.2.1', account, isKnown: false })
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      assert.ok(!keys.join('\n').includes(hash('sha256', account, encoding)))
    }
    const [table] = await server.db.query<{ kind: string }>(sql`
      select relpersistence::text as kind from pg_class where relname = 'sign_in_counts'`)
    assert.equal(table?.kind, 'p', 'it is logged')
  })

  test('addresses of one IPv6 network count as one, those of IPv4 each for itself', async () => {
    const mayTry = signInThrottle(memoryCounts(), server.settings.keys)
    const count = async (ip: string) =>
      (await mayTry({ ip, account: `${Math.random()}@agency.example`, isKnown: false })).waitMs
    for (let i = 0; i < 30; i++) assert.equal(await count(`2001:db8::${i}`), undefined)
    assert(Number(await count('2001:db8:0:0:ffff::1')) > 0)
    assert(Number(await count('2001:db8::')) > 0)
    assert.equal(await count('2001:db8:0:1::1'), undefined)
    assert.equal(await count('::1'), undefined)
    for (let i = 0; i < 30; i++) assert.equal(await count('192.0.2.7'), undefined)
    assert(Number(await count('192.0.2.7')) > 0)
    assert.equal(await count('192.0.2.8'), undefined)
    assert.equal(await count('::ffff:192.0.2.8'), undefined)
  })
})

describe('chooselocation: many spellings of one address', () => {
  const server = testServer()

  test('429: after ten for the account that the database finds by them', async (t) => {
    const spellings = Array.from({ length: 12 }, (_, i) =>
      [...admin.email].map((sign, at) => ((i >> (at % 4)) & 1 && sign === 'i' ? 'İ' : sign)),
    ).map((signs) => signs.join(''))
    const [dotted] = await server.db.query<{ isI: boolean }>(sql`select lower('İ') = 'i' as "isI"`)
    if (!dotted?.isI) return t.skip('To this database they are other addresses')
    const person = new Person(server)
    const page = await person.open(parametersOf(await registerApp(server)))
    const statuses: number[] = []
    for (const email of spellings) {
      statuses.push((await person.submit(page, '/sign-in', { email, password: 'guess' })).status)
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429])
  })
})

describe('chooselocation: a browser that somebody has signed in with', () => {
  const server = testServer()

  test('is known to that user, and to no other', async () => {
    const query = parametersOf(await registerApp(server))
    const person = new Person(server)
    await person.signIn(query, admin)
    const mark = person.cookies.get('groundlevel_browser')
    assert.match(mark ?? '', /^[\w-]{43}$/)
    const request = (cookie: string) => ({ headers: { cookie } }) as never
    const isKnown = (cookie: string, userId: string = demo.admin.id) =>
      isKnownBrowser(server.settings, request(cookie), userId)
    assert.ok(isKnown(`a=b; groundlevel_browser=${mark}`))
    assert.ok(!isKnown(`groundlevel_browser=${mark}`, demo.userIds[1]))
    assert.ok(!isKnown(`groundlevel_browser=${'x'.repeat(43)}`))
    assert.ok(!isKnown(''))
  })
})
