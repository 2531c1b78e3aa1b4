import type { SignedIn } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import { assets } from '../assets.ts'
import type { Authorization } from '../authorization.ts'

/** What the forms of a page go by. */
export type Place = { authorization: Authorization; formToken: string }

/** A whole page around its content. */
export function layout(title: string, main: Html, foot?: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Groundlevel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assets.icon.address}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style.address}">
<script src="${assets.script.address}" type="module"></script>
</head>
<body>
<header><img src="${assets.icon.address}" alt="" width="28" height="28">Groundlevel</header>
<main>
${main}
</main>
${foot && html`<footer>${foot}</footer>`}
</body>
</html>
`
}

/** The address of a step, with the app's request in it. */
export function addressOf(stepName: string, { query }: Authorization): string {
  return `/oauth/chooselocation${stepName}?${query}`
}

export function formToken({ formToken }: Place): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}">`
}

/** A name that somebody chose: it cannot turn the text around it to another direction. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** The app's first letter, as its picture. */
export function appMark({ app }: Authorization): Html {
  const [letter = '?'] = app.name.trim()
  return html`<p class="mark" aria-hidden="true">${letter.toUpperCase()}</p>`
}

/** What went wrong, above the form; the form's fields name it as their description. */
export function problemOf(problem: string | undefined): Html | undefined {
  if (problem === undefined) return undefined
  return html`<p class="problem" role="alert" id="problem">${problem}</p>`
}

/** Who is signed in, with the way out. */
export function signedInAs(place: Place, user: SignedIn): Html {
  return html`
<form method="post" action="${addressOf('/sign-out', place.authorization)}">
${formToken(place)}
<p>Signed in as ${name(user.name)} <span class="quiet">${user.email}</span></p>
<button class="link">Sign out</button>
</form>`
}
