import type { AppContext } from '../../../../context.ts'
import { type Html, html } from '../../../../http/html.ts'
import { addressOf, appMark, formToken, layout, name, type Place, problemOf } from './layout.ts'

/** Who are you? In the sandbox a button answers that. */
export function signInPage(
  place: Place,
  demoAdmin: AppContext['demoAdmin'],
  { email = '', problem }: { email?: string; problem?: string } = {},
): Html {
  const { authorization } = place
  const wrong = problem !== undefined && html`aria-invalid="true" aria-describedby="problem"`
  return layout(
    problem === undefined ? 'Sign in' : 'Error: sign in',
    html`
${appMark(authorization)}
<h1>Sign in</h1>
<p>to connect ${name(authorization.app.name)} to your account</p>
${demoAdmin && demoButton(place, problem === undefined)}
${problemOf(problem)}
<form method="post" action="${addressOf('/sign-in', authorization)}">
${formToken(place)}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="320"
  value="${email}" ${wrong} ${email === '' && (!demoAdmin || problem !== undefined) && html`autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
  maxlength="1024" ${wrong} ${email !== '' && html`autofocus`}>
${demoAdmin && hint(demoAdmin)}
<p class="buttons"><button class="${demoAdmin ? '' : 'primary'}">Sign in</button></p>
</form>`,
  )
}

function demoButton(place: Place, isFirst: boolean): Html {
  return html`
<form method="post" action="${addressOf('/demo-sign-in', place.authorization)}">
${formToken(place)}
<p class="buttons">
<button class="primary" ${isFirst && html`autofocus`}>Continue as the demo admin</button>
</p>
</form>
<p class="or"><span>or with a password</span></p>`
}

function hint({ email, password }: NonNullable<AppContext['demoAdmin']>): Html {
  return html`
<p class="quiet">This is a sandbox. Its demo admin is <code>${email}</code> with the password
<code>${password}</code>.</p>`
}
