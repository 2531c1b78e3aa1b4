import { type HarRequest, snippetz } from '@scalar/snippetz'
import type { Endpoint, Requirements } from './description.ts'

/** The sandbox's tokens, which its pages fill in; production has none. */
export type Tokens = { location: string; agency: string }

/** The address, version and tokens of a sample. */
export type Setting = { origin: string; version: string; tokens: Tokens | undefined }

export type Sample = { lang: string; label: string; source: string }

/** The eight languages of the official reference. */
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

/** Makes a program that runs of a snippet, where the library leaves out parts of it. */
const wrapProgram: Readonly<Record<string, (snippet: string) => string>> = {
  'Node.js': (snippet) =>
    `${snippet}\n  .then((response) => response.text())\n  .then((text) => console.log(text))`,
  PHP: (snippet) => `<?php\n\n${snippet}`,
  Java: (snippet) =>
    `import java.net.http.*;\n\npublic class Sample {\n  public static void main(String[] arguments) throws Exception {\n${indent(snippet)}\n  }\n}`,
}

const printer = snippetz()

const indent = (text: string) => text.replace(/^(?=.)/gm, '    ')

/** The token that an operation takes: the sandbox's own, or a placeholder for the reader's. */
export function tokenFor(requirements: Requirements, tokens: Tokens | undefined): string {
  const takesPrivate = requirements.methods.includes('Private Integration Token')
  if (!tokens || !takesPrivate) return 'YOUR_TOKEN'
  return requirements.tokens.includes('Sub-Account Token') ? tokens.location : tokens.agency
}

/** The documented example of an operation as a program, in each language. */
export function samplesOf(
  endpoint: Endpoint,
  requirements: Requirements | undefined,
  setting: Setting,
): Sample[] {
  const request = requestOf(endpoint, requirements, setting)
  return languages.map(([target, client, label, lang]) => {
    const snippet = printer.print(target, client, request) ?? ''
    return { lang, label, source: wrapProgram[label]?.(snippet) ?? snippet }
  })
}

function requestOf(
  { method, path, operation }: Endpoint,
  requirements: Requirements | undefined,
  { origin, version, tokens }: Setting,
): Partial<HarRequest> {
  const { parameters = [], requestBody } = operation
  const requiredParameters = parameters.filter(
    ({ required, name }) => required && name !== 'Version',
  )
  const valuesIn = (where: string) =>
    requiredParameters
      .filter((one) => one.in === where)
      .map(({ name, example }) => ({ name, value: String(example ?? `{${name}}`) }))
  const filledPath = valuesIn('path').reduce(
    (text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  )
  // An operation that takes a form takes JSON too.
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
    url: origin + filledPath,
    headers,
    queryString: valuesIn('query'),
    cookies: [],
    ...(mimeType
      ? { postData: { mimeType, text: JSON.stringify(body?.example ?? {}, null, 2) } }
      : {}),
  }
}
