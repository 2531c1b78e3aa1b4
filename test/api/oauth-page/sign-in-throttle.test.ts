import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { signInThrottle } from '../../../src/api/oauth/page/sign-in-throttle.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { memoryCounts, postgresCounts } from '../../../src/http/rate-limit/counts.ts'
import { testServer } from '../test-server.ts'
import { admin, type Page, Person, parametersOf, registerApp } from './person.ts'

describe('chooselocation: many tries to sign in', () => {
  const server = testServer()

  function assertWaits(page: Page): void {
    assert.equal(page.status, 429)
    assert.match(page.html, /Too many tries\. Wait 15 minutes\./)
    const seconds = Number(page.headers.get('retry-after'))
    assert(seconds > 800 && seconds <= 900, String(seconds))
    assert.equal(page.headers.get('set-cookie'), null)
  }

  test('429: after ten for an account, at once or not, even with the right password', async () => {
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
    const counts = [postgresCounts(server.db), postgresCounts(server.db)]
    const servers = counts.map(signInThrottle)
    const mayTry = async (i: number) => servers[i % 2]?.(`192.0.2.${i}`, 'maya@example.com')
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

  test('addresses of one IPv6 network count as one, those of IPv4 each for itself', async () => {
    const mayTry = signInThrottle(memoryCounts())
    const count = async (ip: string) =>
      (await mayTry(ip, `${Math.random()}@${demo.companyId}`)).waitMs
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
