import type { SignedInUser } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import { assets } from '../assets.ts'
import type { Authorization } from '../authorization.ts'

/** What each form of the page needs: the app's request and the token against forgery. */
export type FormState = { authorization: Authorization; formToken: string }

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

/** An address of this page that carries the app's request. */
export function pageAddress(path: string, { query }: Authorization): string {
  return `/oauth/chooselocation${path}?${query}`
}

export function formToken({ formToken }: FormState): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}">`
}

/** Isolates a name that somebody chose, so that it cannot reverse the text around it. */
export function isolatedName(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** The app's first letter, as its picture. */
export function appMark({ app }: Authorization): Html {
  const [letter = '?'] = app.name.trim()
  return html`<p class="mark" aria-hidden="true">${letter.toUpperCase()}</p>`
}

/** What went wrong, above the form; the form's fields name it as their description. */
export function problemMessage(problem: string | undefined): Html | undefined {
  if (problem === undefined) return undefined
  return html`<p class="problem" role="alert" id="problem">${problem}</p>`
}

/** Who is signed in, with the way out. */
export function signedInFooter(formState: FormState, user: SignedInUser): Html {
  return html`
<form method="post" action="${pageAddress('/sign-out', formState.authorization)}">
${formToken(formState)}
<p>Signed in as ${isolatedName(user.name)} <span class="quiet">${user.email}</span></p>
<button class="link">Sign out</button>
</form>`
}
