import type { SignedInUser } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import type { Authorization } from '../authorization.ts'
import {
  appMark,
  type FormState,
  formToken,
  isolatedName,
  layout,
  pageAddress,
  signedInFooter,
} from './layout.ts'

/** Explains an error that must not be sent to the app. */
export function damagedPage(reason: string): Html {
  return layout(
    'This link does not work',
    html`
<h1>This link does not work</h1>
<p>${reason}</p>
<p class="quiet">Nothing was allowed, and nothing was sent to any app. Go back to where you came
from and try again, or tell the makers of the app what this page says.</p>`,
  )
}

/** Refuses a form that another page or browser may have made. */
export function staleFormPage(authorization: Authorization): Html {
  return layout(
    'This page is out of date',
    html`
<h1>This page is out of date</h1>
<p>It was opened before you signed in or out, or your browser did not send its cookies. Nothing
was changed.</p>
<p class="buttons"><a class="button primary" href="${pageAddress('', authorization)}">Begin
again</a></p>`,
  )
}

/** Explains any other error. */
export function failurePage(status: number, message: string): Html {
  const [title, explanation] =
    status < 500
      ? ['This request cannot be answered', `${message}.`]
      : status === 503
        ? ['Not now', 'The server cannot answer at the moment. Try again shortly.']
        : ['Something went wrong', 'The server made a mistake. It is noted in its log.']
  return layout(title ?? '', html`<h1>${title}</h1><p>${explanation}</p>`)
}

/** Tells a signed-in user that they cannot install this app anywhere. */
export function nowherePage(formState: FormState, user: SignedInUser): Html {
  const { app } = formState.authorization
  const appName = isolatedName(app.name)
  const reason =
    user.role !== 'admin'
      ? html`Only an administrator may install apps, and you are not one. Ask an administrator of
${isolatedName(user.companyName)} to open this link.`
      : app.target === 'agency'
        ? html`${appName} is made for whole agencies. Ask an administrator of the agency
${isolatedName(user.companyName)} to open this link.`
        : html`There is no location that you could install ${appName} in.`
  return layout(
    'You cannot install this app',
    html`
${appMark(formState.authorization)}
<h1>You cannot install ${appName}</h1>
<p>${reason}</p>
<form method="post" action="${pageAddress('/decide', formState.authorization)}">
${formToken(formState)}
<p class="buttons"><button name="decision" value="deny">Back to ${appName}</button></p>
</form>`,
    signedInFooter(formState, user),
  )
}
