import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { before, beforeEach, describe, test } from 'node:test'
import { scopeSentence } from '../../../src/api/oauth/page/views/scope-sentences.ts'
import { hashPassword } from '../../../src/auth/password.ts'
import { hashToken } from '../../../src/auth/private-integrations.ts'
import { scopes } from '../../../src/auth/scopes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testPasswordCost, testServer } from '../test-server.ts'
import {
  admin,
  answerTo,
  type Page,
  Person,
  parametersOf,
  redirectUri,
  registerApp,
} from './person.ts'

type App = Awaited<ReturnType<typeof registerApp>>

const riverside = demo.locationId
const lakeside = demo.otherLocation.locationId
const [, ben = '', sarah = ''] = demo.userIds
const password = 'correct horse battery'

describe('chooselocation: choosing and consenting', () => {
  const server = testServer()
  let app: App
  let person: Person

  before(async () => {
    app = await registerApp(server)
    const ids = [ben, sarah, demo.otherLocation.userIds[0]]
    await server.db.query(sql`
      update users set password_hash = ${await hashPassword(password, testPasswordCost)}
      where id = any(${ids}::text[])`)
    // Of another agency, and one of ours that was deleted: neither is ever offered.
    await server.db.query(sql`
      insert into companies (id, name, created_at, updated_at)
      values ('otherCompany', 'Rival agency', ${server.now}, ${server.now})`)
    await server.db.query(sql`
      insert into locations (location_id, company_id, name, created_at, updated_at, deleted_at)
      values ('foreign', 'otherCompany', 'Foreign', ${server.now}, ${server.now}, null),
        ('deleted', ${demo.companyId}, 'Deleted', ${server.now}, ${server.now}, ${server.now})`)
    await server.db.query(sql`
      insert into location_users (location_id, user_id, created_at)
      values ('deleted', ${ben}, ${server.now}), ('foreign', ${ben}, ${server.now})`)
  })
  beforeEach(() => {
    person = new Person(server)
  })

  const as = (name: string) => ({ email: `${name}@agency.example`, password })
  const signIn = (changed = {}, who: { email: string; password: string } = admin, to: App = app) =>
    person.signIn(parametersOf(to, changed), who)
  const choose = (page: Page, filled: Record<string, string | string[]>) =>
    person.submit(page, '/choose', filled)
  const allow = (page: Page) => person.submit(page, '/decide', { decision: 'allow' })
  const installs = () =>
    server.db.query<Record<string, unknown>>(sql`
      select company_id as "companyId", location_id as "locationId", user_id as "userId", scopes,
        is_bulk as "isBulk", approve_all_locations as "approveAllLocations",
        install_to_future_locations as "installToFutureLocations",
        approved_locations as "approvedLocations"
      from oauth_installs where app_id = ${app.id} order by location_id`)

  beforeEach(async () => {
    await server.db.query(sql`delete from oauth_codes`)
    await server.db.query(sql`delete from oauth_installs`)
  })

  test('303: one location: a code for it, and the state, at the registered address', async () => {
    const page = await signIn()
    const consent = await choose(page, { where: 'some', locations: riverside })
    assert.equal(consent.status, 200)
    assert.match(
      consent.html,
      /Allow <bdi>Calendar Sync<\/bdi> in <bdi>Riverside Marketing<\/bdi>\?/,
    )
    assert.match(consent.html, /<li>See your contacts, with their notes and tasks<\/li>/)
    assert.match(consent.html, /<strong>app\.example\.com<\/strong>/)
    assert.deepEqual(await installs(), [])

    const answer = await allow(consent)
    assert.equal(answer.status, 303)
    const { code, ...rest } = answerTo(answer)
    assert.match(code ?? '', /^[0-9a-f]{40}$/)
    assert.deepEqual(rest, { from: 'groundlevel', state: 'the state' })
    assert.equal(answer.location, `${redirectUri}&code=${code}&state=the%20state`)
    assert.deepEqual(await installs(), [
      {
        companyId: demo.companyId,
        locationId: riverside,
        userId: demo.admin.id,
        scopes: ['contacts.readonly', 'opportunities.write'],
        isBulk: false,
        approveAllLocations: false,
        installToFutureLocations: false,
        approvedLocations: [],
      },
    ])
    const codes = await server.db.query(sql`
      select hash, redirect_uri as "redirectUri", code_challenge as challenge from oauth_codes`)
    assert.deepEqual(codes, [{ hash: hashToken(code ?? ''), redirectUri, challenge: null }])
  })

  test('200: many scopes are by area, which says what kind of access it is', async () => {
    const large = await registerApp(server, { scopes, target: 'sub-account' })
    const { html } = await choose(await signIn({}, admin, large), { locations: lakeside })
    const areas = [...html.matchAll(/<summary>([^<]*) <small>([^<]*)<\/small><\/summary>/g)]
    assert.deepEqual(
      areas.slice(0, 2).map(([, name, access]) => [name, access]),
      [
        ['Contacts and businesses', 'see and change'],
        ['Opportunities and pipelines', 'see and change'],
      ],
    )
    assert(areas.length < 16, `${areas.length} areas`)
    for (const scope of scopes) {
      const sentence = html.split(`<li>${scopeSentence(scope)}</li>`)
      assert.equal(sentence.length, 2, scope)
      assert(html.includes(`<code>${scope}</code>`), scope)
    }
  })

  test('200: an area tells reading from changing', async () => {
    const reading = scopes.filter((scope) => /^(calendars|surveys).*readonly$/.test(scope))
    const changing = scopes.filter((scope) => /^(courses|users).*write$/.test(scope))
    const filling = scopes.filter((scope) => /^opportunities|^payments/.test(scope))
    const large = await registerApp(server, {
      scopes: [...reading, ...changing, ...filling],
      target: 'sub-account',
    })
    const { html } = await choose(await signIn({}, admin, large), { locations: lakeside })
    for (const line of [
      'Calendars <small>see<',
      'Users and the agency <small>change<',
      'Forms, sites and files <small>see and change<',
    ]) {
      assert(html.includes(`<summary>${line}/small></summary>`), line)
    }
  })

  test('303: the scopes asked for, not all that the app has; without a scope, all', async () => {
    const some = await choose(await signIn({ scope: 'opportunities.write' }), {
      locations: lakeside,
    })
    assert.doesNotMatch(some.html, /See your contacts/)
    await allow(some)
    assert.deepEqual((await installs())[0]?.scopes, ['opportunities.write'])
    person = new Person(server)
    await allow(await choose(await signIn({ scope: undefined }), { locations: lakeside }))
    assert.deepEqual((await installs())[0]?.scopes, app.scopes)
  })

  test('303: several locations of an agency are one installation in it', async () => {
    const locations = [riverside, lakeside]
    const consent = await choose(await signIn(), { where: 'some', locations })
    assert.match(consent.html, /in 2 locations\?/)
    await allow(consent)
    const [install, another] = await installs()
    assert.equal(another, undefined)
    assert.deepEqual(install, {
      companyId: demo.companyId,
      locationId: '',
      userId: demo.admin.id,
      scopes: app.scopes,
      isBulk: true,
      approveAllLocations: false,
      installToFutureLocations: false,
      approvedLocations: [...locations].sort(),
    })
  })

  test('303: all locations, with those added later or without', async () => {
    for (const withFuture of [true, false]) {
      person = new Person(server)
      const filled = { where: 'all', ...(withFuture ? { future: 'yes' } : {}) }
      await allow(await choose(await signIn(), filled))
      const [install] = await installs()
      assert.equal(install?.isBulk, true)
      assert.equal(install?.approveAllLocations, true)
      assert.equal(install?.installToFutureLocations, withFuture)
      assert.deepEqual(install?.approvedLocations, [lakeside, riverside].sort())
    }
  })

  test('303: the agency itself, when the app is made for agencies too', async () => {
    const appOfBoth = await registerApp(server, { target: 'both' })
    const page = await signIn({}, admin, appOfBoth)
    const consent = await choose(page, { where: 'agency' })
    assert.match(consent.html, /in the agency <bdi>Groundlevel Demo Agency<\/bdi>\?/)
    assert(answerTo(await allow(consent)).code)
    const [install] = await server.db.query<{ locationId: string; isBulk: boolean }>(sql`
      select location_id as "locationId", is_bulk as "isBulk" from oauth_installs
      where app_id = ${appOfBoth.id}`)
    assert.deepEqual(install, { locationId: '', isBulk: false })
  })

  test('200: where there is but one place, it need not be chosen', async () => {
    const agencyApp = await registerApp(server, { target: 'agency' })
    const agency = await signIn({}, admin, agencyApp)
    assert.match(agency.html, /Allow <bdi>Calendar Sync<\/bdi> in the agency/)
    person = new Person(server)
    const ownPage = await signIn({}, as('ben.castellano'))
    assert.match(
      ownPage.html,
      /Allow <bdi>Calendar Sync<\/bdi> in <bdi>Riverside Marketing<\/bdi>\?/,
    )
    assert(answerTo(await allow(ownPage)).code)
    assert.equal((await installs())[0]?.userId, ben)
  })

  test('303: deny, from the question or from the choice, and nothing is installed', async () => {
    const page = await signIn()
    const consent = await choose(page, { locations: riverside })
    const denied = await person.submit(consent, '/decide', { decision: 'deny' })
    assert.equal(denied.status, 303)
    assert.deepEqual(answerTo(denied), {
      from: 'groundlevel',
      error: 'access_denied',
      error_description: 'The app was not allowed',
      state: 'the state',
    })
    // The choice has the same button, under an address of its own.
    const cancel = consent.forms.find(({ action }) => action.includes('/decide?'))?.action ?? ''
    const body = new URLSearchParams([...(page.forms[0]?.fields ?? []), ['decision', 'deny']])
    assert.match(page.html, /<button name="decision" value="deny" formnovalidate\s+formaction="/)
    assert.equal(answerTo(await person.go(cancel, { method: 'POST', body })).error, 'access_denied')
    assert.deepEqual(await installs(), [])
  })

  test('PKCE: the challenge is kept with the code, in the form of S256', async () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    // A plain one is the verifier itself.
    const hashed = hash('sha256', challenge, 'base64url')
    for (const [changed, kept] of [
      [{ code_challenge: challenge, code_challenge_method: 'S256' }, challenge],
      [{ code_challenge: challenge, code_challenge_method: 'plain' }, hashed],
      [{ code_challenge: challenge }, hashed],
    ] as const) {
      person = new Person(server)
      const answer = await allow(await choose(await signIn(changed), { locations: riverside }))
      const codes = await server.db.query(sql`
        select code_challenge as challenge from oauth_codes
        where hash = ${hashToken(answerTo(answer).code ?? '')}`)
      assert.deepEqual(codes, [{ challenge: kept }])
    }
  })

  test('the forms of a step may end at the app and where that leads, the password may not', async () => {
    const first = await person.open(parametersOf(app))
    const formAction = ({ headers }: Page) =>
      /form-action ([^;]*);/.exec(headers.get('content-security-policy') ?? '')?.[1]
    assert.equal(formAction(first), "'self'")
    assert.equal(formAction(await signIn()), "'self' https:")
    const local = await registerApp(server, { redirectUris: ['http://localhost:3000/cb'] })
    assert.equal(formAction(await person.open(parametersOf(local))), "'self' http: https:")
  })

  test('422: a choice that is none, or not among what is offered', async () => {
    const page = await signIn()
    const refusals: [Record<string, string | string[]>, RegExp][] = [
      [{ where: 'some' }, /Choose at least one location\./],
      [{}, /Choose at least one location\./],
      [{ where: 'agency' }, /The agency itself cannot be chosen\./],
      [{ where: 'some', locations: 'foreign' }, /cannot be chosen any more/],
      [{ where: 'some', locations: 'deleted' }, /cannot be chosen any more/],
      [{ where: 'some', locations: [riverside, 'nowhere'] }, /cannot be chosen any more/],
      [{ where: '"><script>', locations: '"><script>' }, /cannot be chosen any more/],
      [{ where: ['all', 'agency'], locations: '' }, /cannot be chosen any more/],
    ]
    for (const [filled, words] of refusals) {
      const chosen = await choose(page, filled)
      assert.equal(chosen.status, 422)
      assert.match(chosen.html, words)
      assert.doesNotMatch(chosen.html, /<script>/)
      // The last step checks again: it is a form like any other.
      const action = page.forms[0]?.action.replace('/choose?', '/decide?') ?? ''
      const body = new URLSearchParams([...(page.forms[0]?.fields ?? []), ['decision', 'allow']])
      for (const [name, value] of Object.entries(filled)) {
        for (const item of [value].flat()) body.append(name, item)
      }
      const decided = await person.go(action, { method: 'POST', body })
      assert.equal(decided.status, 422)
      assert.match(decided.html, words)
    }
    assert.deepEqual(await installs(), [])
  })

  test('422: an administrator of locations has one of them, and no agency', async () => {
    await server.db.query(sql`
      insert into location_users (location_id, user_id, created_at)
      values (${lakeside}, ${ben}, ${server.now})`)
    const page = await signIn({}, as('ben.castellano'))
    assert.match(page.html, /type="radio" name="locations"/)
    assert.doesNotMatch(page.html, /Foreign|Deleted|All locations|The agency itself/)
    for (const filled of [
      { locations: [riverside, lakeside] },
      { where: 'all' },
      { where: 'agency' },
    ]) {
      assert.equal((await choose(page, filled)).status, 422)
    }
    const consent = await choose(page, { locations: lakeside })
    assert.match(consent.html, /in <bdi>Lakeside Clinics<\/bdi>\?/)
    // Between the question and the answer the location was taken from them, not yet in all records.
    await server.db.query(sql`
      update location_users set left_at = ${server.now}
      where location_id = ${lakeside} and user_id = ${ben}`)
    assert.equal((await allow(consent)).status, 422)
    await server.db.query(sql`
      delete from location_users where location_id = ${lakeside} and user_id = ${ben}`)
    assert.equal((await allow(consent)).status, 422)
    assert.deepEqual(await installs(), [])
  })

  test('an agency user who is restricted has only the locations assigned, one at a time', async () => {
    const appOfBoth = await registerApp(server, { target: 'both' })
    await server.db.query(sql`
      update users set restrict_sub_account = true where id = ${demo.admin.id}`)
    const page = await signIn({}, admin, appOfBoth)
    assert.match(page.html, /Allow <bdi>Calendar Sync<\/bdi> in <bdi>Riverside Marketing<\/bdi>\?/)
    await server.db.query(sql`
      update users set restrict_sub_account = false where id = ${demo.admin.id}`)
  })

  test('403: who is no administrator, or none of the agency that an app is made for', async () => {
    const page = await signIn({}, as('sarah.nguyen'))
    assert.equal(page.status, 403)
    assert.match(page.html, /Only an administrator may install apps/)
    const back = await person.submit(page, '/decide', { decision: 'deny' })
    assert.equal(answerTo(back).error, 'access_denied')
    const forced = await person.submit(page, '/decide', { decision: 'allow', locations: riverside })
    assert.equal(forced.status, 422)

    const agencyApp = await registerApp(server, { target: 'agency' })
    person = new Person(server)
    const refusedPage = await signIn({}, as('ben.castellano'), agencyApp)
    assert.equal(refusedPage.status, 403)
    assert.match(refusedPage.html, /is made for whole agencies/)
    assert.deepEqual(await installs(), [])
  })

  test('403: a choice or a decision without the token, or with that of another', async () => {
    const page = await signIn()
    const consent = await choose(page, { locations: riverside })
    const otherPerson = new Person(server)
    const otherConsent = await otherPerson.signIn(parametersOf(app), admin)
    const othersToken = otherConsent.forms[0]?.fields[0]?.[1] ?? ''
    for (const form_token of ['', 'x', othersToken]) {
      assert.equal((await choose(page, { locations: riverside, form_token })).status, 403)
      const answer = await person.submit(consent, '/decide', { decision: 'allow', form_token })
      assert.equal(answer.status, 403)
      assert.equal(answer.location, null)
    }
    const site = { 'sec-fetch-site': 'cross-site' }
    const decision = { decision: 'allow' }
    assert.equal((await person.submit(consent, '/decide', decision, site)).status, 403)
    assert.deepEqual(await installs(), [])
  })

  test('303: whose session is over begins again, and nothing is installed', async () => {
    const consent = await choose(await signIn(), { locations: riverside })
    const begun = server.now
    server.now = new Date(begun.getTime() + 13 * 3_600_000)
    const answer = await allow(consent)
    assert.equal(answer.status, 303)
    assert.match(answer.location ?? '', /^\/oauth\/chooselocation\?response_type=code&/)
    assert.deepEqual(await installs(), [])
    server.now = begun
  })

  test('400: a form whose redirect address was changed on the way is sent nowhere', async () => {
    const consent = await choose(await signIn(), { locations: riverside })
    const action = consent.forms[0]?.action ?? ''
    const changed = action.replace('app.example.com', 'evil.example')
    assert.notEqual(changed, action)
    const body = new URLSearchParams([...(consent.forms[0]?.fields ?? []), ['decision', 'allow']])
    const answer = await person.go(changed, { method: 'POST', body })
    assert.equal(answer.status, 400)
    assert.equal(answer.location, null)
    assert.deepEqual(await installs(), [])
  })

  test('303: a form that is opened by itself leads to the beginning', async () => {
    for (const form of ['sign-in', 'sign-out', 'choose', 'decide']) {
      const page = await person.open(parametersOf(app), `/oauth/chooselocation/${form}`)
      assert.equal(page.status, 303)
      assert.match(page.location ?? '', /^\/oauth\/chooselocation\?response_type=code&/)
      const broken = await person.open('client_id=x', `/oauth/chooselocation/${form}`)
      assert.equal(broken.status, 400)
    }
  })

  test('an agency of thousands: the first 2,000 by name are listed, and can all be chosen', async () => {
    await server.db.query(sql`
      insert into locations (location_id, company_id, name, created_at, updated_at)
      select 'many' || lpad(i::text, 16, '0'), ${demo.companyId}, 'Branch ' || i, ${server.now},
        ${server.now}
      from generate_series(1, 2100) i`)
    const page = await signIn()
    const ids = [...page.html.matchAll(/name="locations" value="([^"]*)"/g)].map(
      ([, id]) => id ?? '',
    )
    assert.equal(ids.length, 2000)
    assert.match(page.html, /More than 2,000 locations today/)
    const consent = await choose(page, { where: 'some', locations: ids })
    assert.match(consent.html, /in 2000 locations\?/)
    assert(answerTo(await allow(consent)).code)
    const [install] = await installs()
    assert.deepEqual(install?.approvedLocations, [...ids].sort())
    await server.db.query(sql`delete from locations where location_id like 'many%'`)
  })

  test('code in the names of apps, locations, people and agencies stays text', async () => {
    const code = '<script>alert(1)</script>"\'`onfocus=x'
    const evil = await registerApp(server, { name: code, target: 'both' })
    const name = (text: string) => sql`
      update locations set name = ${text}, city = ${text} where location_id = ${lakeside}`
    await server.db.query(name(code))
    await server.db.query(sql`
      update users set first_name = ${code} where id = ${demo.admin.id}`)
    await server.db.query(sql`update companies set name = ${code} where id = ${demo.companyId}`)
    const page = await signIn({}, admin, evil)
    const pages = [
      page,
      await choose(page, {}),
      await choose(page, { where: 'some', locations: lakeside }),
      await choose(page, { where: 'some', locations: [lakeside, riverside] }),
      await choose(page, { where: 'all' }),
      await choose(page, { where: 'agency' }),
    ]
    for (const { html } of pages) {
      assert.doesNotMatch(html, /<script>|["'`]onfocus/)
      assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&#96;onfocus=x/)
    }
    await server.db.query(name('Lakeside Clinics'))
  })
})
