import assert from 'node:assert/strict'
import { createApp, type NewApp } from '../../../src/api/oauth/installs/apps.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { TestServer } from '../test-server.ts'

export type Form = { action: string; fields: [name: string, value: string][] }

export type Page = {
  status: number
  headers: Headers
  location: string | null
  html: string
  forms: Form[]
}

export const redirectUri = 'https://app.example.com/oauth/callback?from=groundlevel'

type RegisteredApp = Awaited<ReturnType<typeof createApp>>

/** Registers an app as tests need it. */
export function registerApp(
  server: TestServer,
  changes: Partial<NewApp> = {},
): Promise<RegisteredApp> {
  const app: NewApp = {
    name: 'Calendar Sync',
    redirectUris: [redirectUri],
    scopes: ['contacts.readonly', 'opportunities.write'],
    target: 'sub-account',
    webhookUrl: null,
    ...changes,
  }
  return createApp(server.db, app, server.now)
}

/** The parameters that an app sends people with, and a query string of them. */
export function parametersOf(
  app: RegisteredApp,
  changed: Record<string, string | undefined> = {},
): string {
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUris[0],
    scope: app.scopes.join(' '),
    state: 'the state',
    ...changed,
  }
  const presentParameters = Object.entries(all).filter(([, value]) => value !== undefined)
  return new URLSearchParams(presentParameters as [string, string][]).toString()
}

/** Somebody at a browser without scripts: keeps cookies, fills in forms, follows nothing. */
export class Person {
  readonly cookies = new Map<string, string>()
  readonly #server: TestServer

  constructor(server: TestServer) {
    this.#server = server
  }

  get secret(): string | undefined {
    return this.cookies.get('groundlevel_session')
  }

  open(query: string, path = '/oauth/chooselocation'): Promise<Page> {
    return this.go(`${path}?${query}`)
  }

  /** Sends the page's form of this step, with these fields over what it holds. */
  submit(
    page: Page,
    step: string,
    filled: Record<string, string | string[]> = {},
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const form = page.forms.find(({ action }) => action.includes(`${step}?`))
    assert(form, `the page has a form for ${step}`)
    const body = new URLSearchParams(form.fields.filter(([name]) => !(name in filled)))
    for (const [name, value] of Object.entries(filled)) {
      for (const item of [value].flat()) body.append(name, item)
    }
    return this.go(form.action, { method: 'POST', body, headers })
  }

  /** Signs in on the page that a request begins with, and opens it again. */
  async signIn(query: string, { email, password }: { email: string; password: string }) {
    const answer = await this.submit(await this.open(query), '/sign-in', { email, password })
    assert.equal(answer.status, 303, answer.html)
    return this.go(answer.location ?? '')
  }

  async go(path: string, init: RequestInit = {}): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(this.#server.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie && { cookie }), ...init.headers },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const html = await response.text()
    const location = response.headers.get('location')
    return {
      status: response.status,
      headers: response.headers,
      location,
      html,
      forms: formsOf(html),
    }
  }
}

function formsOf(html: string): Form[] {
  const forms = html.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)
  return [...forms].map(([, action = '', inner = '']) => ({
    action: unescaped(action),
    fields: [...inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [unescaped(name), unescaped(value)],
    ),
  }))
}

export function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&')
}

/** What an app is told in the query of its redirect address. */
export function answerTo(page: Page): Record<string, string> {
  assert(page.location, `a redirect, not ${page.status}`)
  return Object.fromEntries(new URL(page.location).searchParams)
}

export const admin = { email: demo.admin.email, password: demo.admin.password }
