import { type HarRequest, snippetz } from '@scalar/snippetz'
import type { Place, Requirements } from './description.ts'

/** The sandbox's tokens, which its pages fill in; production has none. */
export type Tokens = { location: string; agency: string }

/** Where an operation is called, as which version, with what. */
export type Setting = { origin: string; version: string; tokens: Tokens | undefined }

export type Sample = { lang: string; label: string; source: string }

/** The eight languages of the official reference; `whole` makes a program of a snippet. */
const languages = [
  ['shell', 'curl', 'curl', 'shell'],
  ['node', 'fetch', 'Node.js', 'javascript'],
  ['python', 'python3', 'Python', 'python'],
  ['php', 'curl', 'PHP', 'php'],
  ['java', 'nethttp', 'Java', 'java'],
  ['go', 'native', 'Go', 'go'],
  ['ruby', 'native', 'Ruby', 'ruby'],
  ['powershell', 'restmethod', 'PowerShell', 'powershell'],
] as const

/** What the library leaves out of a program that runs as it stands. */
const whole: Readonly<Record<string, (snippet: string) => string>> = {
  'Node.js': (snippet) =>
    `${snippet}\n  .then((response) => response.text())\n  .then((text) => console.log(text))`,
  PHP: (snippet) => `<?php\n\n${snippet}`,
  Java: (snippet) =>
    `import java.net.http.*;\n\npublic class Sample {\n  public static void main(String[] arguments) throws Exception {\n${indent(snippet)}\n  }\n}`,
}

const printer = snippetz()

const indent = (text: string) => text.replace(/^(?=.)/gm, '    ')

/** The token that an operation takes: the sandbox's own, or a word for the reader's. */
export function tokenFor(requirements: Requirements, tokens: Tokens | undefined): string {
  const takesPrivate = requirements.methods.includes('Private Integration Token')
  if (!tokens || !takesPrivate) return 'YOUR_TOKEN'
  return requirements.tokens.includes('Sub-Account Token') ? tokens.location : tokens.agency
}

/** The documented example of an operation as a program, in each language. */
export function samplesOf(
  place: Place,
  requirements: Requirements | undefined,
  setting: Setting,
): Sample[] {
  const request = requestOf(place, requirements, setting)
  return languages.map(([target, client, label, lang]) => {
    const snippet = printer.print(target, client, request) ?? ''
    return { lang, label, source: whole[label]?.(snippet) ?? snippet }
  })
}

function requestOf(
  { method, path, operation }: Place,
  requirements: Requirements | undefined,
  { origin, version, tokens }: Setting,
): Partial<HarRequest> {
  const { parameters = [], requestBody } = operation
  const wanted = parameters.filter(({ required, name }) => required && name !== 'Version')
  const valuesIn = (where: string) =>
    wanted
      .filter((one) => one.in === where)
      .map(({ name, example }) => ({ name, value: String(example ?? `{${name}}`) }))
  const filled = valuesIn('path').reduce(
    (text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  )
  // Where a form is taken, JSON is too.
  const [mimeType, body] = Object.entries(requestBody?.content ?? {}).at(-1) ?? []
  const token = requirements && tokenFor(requirements, tokens)
  const headers = [
    ...(token ? [{ name: 'Authorization', value: `Bearer ${token}` }] : []),
    ...(requirements ? [{ name: 'Version', value: version }] : []),
    ...valuesIn('header'),
    ...(mimeType ? [{ name: 'Content-Type', value: mimeType }] : []),
  ]
  return {
    method: method.toUpperCase(),
    url: origin + filled,
    headers,
    queryString: valuesIn('query'),
    cookies: [],
    ...(mimeType
      ? { postData: { mimeType, text: JSON.stringify(body?.example ?? {}, null, 2) } }
      : {}),
  }
}
