import type { SignedIn } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import { type Choices, type OfferedLocation, onlySelection, type Selection } from '../choices.ts'
import { addressOf, appMark, formToken, layout, name, type Place, signedInAs } from './layout.ts'
import { sentenceOf } from './scope-sentences.ts'

/** What is asked for, in plain words: allow or deny. */
export function consentPage(
  place: Place,
  user: SignedIn,
  choices: Choices,
  selection: Selection,
): Html {
  const { authorization } = place
  const { app, scopes, redirectUri } = authorization
  return layout(
    `Allow ${app.name}?`,
    html`
${appMark(authorization)}
<h1>Allow ${name(app.name)} in ${placeOf(selection, user)}?</h1>
${listed(selection)}
<p>It may, until you remove it:</p>
<ul class="sentences">${scopes.map((scope) => html`<li>${sentenceOf(scope)}</li>`)}</ul>
<details><summary>The names of these permissions</summary>
<p>${scopes.map((scope) => html`<code>${scope}</code> `)}</p></details>
<form method="post" action="${addressOf('/decide', authorization)}">
${formToken(place)}
${fieldsOf(selection)}
<p class="buttons">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</p>
</form>
<p class="quiet">Either way you go on to <strong>${new URL(redirectUri).host}</strong>.</p>
${
  !onlySelection(choices) &&
  html`<p><a href="${addressOf('', authorization)}">Choose another place</a></p>`
}`,
    signedInAs(place, user),
  )
}

function placeOf(selection: Selection, user: SignedIn): Html {
  switch (selection.kind) {
    case 'agency':
      return html`the agency ${name(user.companyName)}`
    case 'one':
      return name(selection.location.name)
    case 'several':
      return html`${selection.locations.length} locations`
    case 'all':
      return html`all locations of ${name(user.companyName)}`
  }
}

/** Which locations they are, where the heading only counts them. */
function listed(selection: Selection): Html | undefined {
  const names = (locations: readonly OfferedLocation[]) =>
    html`<ul class="names">${locations.map((one) => html`<li>${name(one.name)}</li>`)}</ul>`
  if (selection.kind === 'several') {
    const { locations } = selection
    if (locations.length <= 5) return names(locations)
    return html`<details><summary>Which ${locations.length} locations</summary>
${names(locations)}</details>`
  }
  if (selection.kind !== 'all') return undefined
  return selection.withFuture
    ? html`<p>That includes locations added later.</p>`
    : html`<p>Locations added later are not included.</p>`
}

/** The selection once more, for the form: what it says is checked again. */
function fieldsOf(selection: Selection): Html {
  const hidden = (field: string, value: string) =>
    html`<input type="hidden" name="${field}" value="${value}">`
  switch (selection.kind) {
    case 'agency':
      return hidden('where', 'agency')
    case 'one':
      return hidden('locations', selection.location.id)
    case 'several':
      return html`${selection.locations.map(({ id }) => hidden('locations', id))}`
    case 'all':
      return html`${hidden('where', 'all')}${selection.withFuture && hidden('future', 'yes')}`
  }
}
