import type { AppContext } from '../../../../context.ts'
import { type Html, html } from '../../../../http/html.ts'
import {
  appMark,
  type FormState,
  formToken,
  isolatedName,
  layout,
  pageAddress,
  problemMessage,
} from './layout.ts'

/** Asks for e-mail address and password; the sandbox adds a button for its demo admin. */
export function signInPage(
  formState: FormState,
  demoAdmin: AppContext['demoAdmin'],
  { email = '', problem }: { email?: string; problem?: string } = {},
): Html {
  const { authorization } = formState
  const invalidAttributes =
    problem !== undefined && html`aria-invalid="true" aria-describedby="problem"`
  return layout(
    problem === undefined ? 'Sign in' : 'Error: sign in',
    html`
${appMark(authorization)}
<h1>Sign in</h1>
<p>to connect ${isolatedName(authorization.app.name)} to your account</p>
${demoAdmin && demoButton(formState, problem === undefined)}
${problemMessage(problem)}
<form method="post" action="${pageAddress('/sign-in', authorization)}">
${formToken(formState)}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="320"
  value="${email}" ${invalidAttributes} ${
    email === '' && (!demoAdmin || problem !== undefined) && html`autofocus`
  }>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
  maxlength="1024" ${invalidAttributes} ${email !== '' && html`autofocus`}>
${demoAdmin && demoHint(demoAdmin)}
<p class="buttons"><button class="${demoAdmin ? '' : 'primary'}">Sign in</button></p>
</form>`,
  )
}

function demoButton(formState: FormState, isFirst: boolean): Html {
  return html`
<form method="post" action="${pageAddress('/demo-sign-in', formState.authorization)}">
${formToken(formState)}
<p class="buttons">
<button class="primary" ${isFirst && html`autofocus`}>Continue as the demo admin</button>
</p>
</form>
<p class="or"><span>or with a password</span></p>`
}

function demoHint({ email, password }: NonNullable<AppContext['demoAdmin']>): Html {
  return html`
<p class="quiet">This is a sandbox. Its demo admin is <code>${email}</code> with the password
<code>${password}</code>.</p>`
}
