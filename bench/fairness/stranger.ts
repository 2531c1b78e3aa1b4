import { demo } from '../../src/demo/ids.ts'
import type { Answer } from './connection.ts'

const query = new URLSearchParams({
  response_type: 'code',
  client_id: demo.clientId,
  redirect_uri: demo.redirectUris[0],
  scope: 'opportunities.readonly',
})

/** Somebody at a browser who tries an address and a password that do not belong together. */
export async function signInWrongly(port: number, email: string): Promise<Answer> {
  const url = `http://127.0.0.1:${port}/oauth/chooselocation`
  const page = await fetch(`${url}?${query}`)
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const [, formToken] = /name="form_token" value="([^"]*)"/.exec(await page.text()) ?? []
  if (!formToken) throw new Error('The page has no form')
  const sentAt = performance.now()
  const answer = await fetch(`${url}/sign-in?${query}`, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ form_token: formToken, email, password: 'a wrong password' }),
  })
  await answer.arrayBuffer()
  return { status: answer.status, ms: performance.now() - sentAt, retryMs: 0 }
}
