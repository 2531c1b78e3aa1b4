import type { SignedIn } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import type { Authorization } from '../authorization.ts'
import { addressOf, appMark, formToken, layout, name, type Place, signedInAs } from './layout.ts'

/** A request that must not be answered to the app. */
export function damagedPage(why: string): Html {
  return layout(
    'This link does not work',
    html`
<h1>This link does not work</h1>
<p>${why}</p>
<p class="quiet">Nothing was allowed, and nothing was sent to any app. Go back to where you came
from and try again, or tell the makers of the app what this page says.</p>`,
  )
}

/** A form that another page or another browser may have made. */
export function staleFormPage(authorization: Authorization): Html {
  return layout(
    'This page is out of date',
    html`
<h1>This page is out of date</h1>
<p>It was opened before you signed in or out, or your browser did not send its cookies. Nothing
was changed.</p>
<p class="buttons"><a class="button primary" href="${addressOf('', authorization)}">Begin
again</a></p>`,
  )
}

/** Anything else that keeps a request from being answered. */
export function failurePage(status: number, message: string): Html {
  const [title, text] =
    status < 500
      ? ['This request cannot be answered', `${message}.`]
      : status === 503
        ? ['Not now', 'The server cannot answer at the moment. Try again shortly.']
        : ['Something went wrong', 'The server made a mistake. It is noted in its log.']
  return layout(title ?? '', html`<h1>${title}</h1><p>${text}</p>`)
}

/** Somebody is signed in who cannot install this app anywhere. */
export function nowherePage(place: Place, user: SignedIn): Html {
  const { app } = place.authorization
  const why =
    user.role !== 'admin'
      ? html`Only an administrator may install apps, and you are not one. Ask an administrator of
${name(user.companyName)} to open this link.`
      : app.target === 'agency'
        ? html`${name(app.name)} is made for whole agencies. Ask an administrator of the agency
${name(user.companyName)} to open this link.`
        : html`There is no location that you could install ${name(app.name)} in.`
  return layout(
    'You cannot install this app',
    html`
${appMark(place.authorization)}
<h1>You cannot install ${name(app.name)}</h1>
<p>${why}</p>
<form method="post" action="${addressOf('/decide', place.authorization)}">
${formToken(place)}
<p class="buttons"><button name="decision" value="deny">Back to ${name(app.name)}</button></p>
</form>`,
    signedInAs(place, user),
  )
}
