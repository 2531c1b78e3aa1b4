import type { SignedInUser } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import { type Choices, type OfferedLocation, type Selection, soleSelection } from '../choices.ts'
import {
  appMark,
  type FormState,
  formToken,
  isolatedName,
  layout,
  pageAddress,
  signedInFooter,
} from './layout.ts'
import { permissionList } from './permissions.ts'

/** Says in plain words what the app asks for, with buttons to allow or deny it. */
export function consentPage(
  formState: FormState,
  user: SignedInUser,
  choices: Choices,
  selection: Selection,
): Html {
  const { authorization } = formState
  const { app, scopes, redirectUri } = authorization
  return layout(
    `Allow ${app.name}?`,
    html`
${appMark(authorization)}
<h1>Allow ${isolatedName(app.name)} in ${selectionName(selection, user)}?</h1>
${locationDetails(selection)}
<p>It may, until you remove it:</p>
${permissionList(scopes)}
<details><summary>The names of these permissions</summary>
<p>${scopes.map((scope) => html`<code>${scope}</code> `)}</p></details>
<form method="post" action="${pageAddress('/decide', authorization)}">
${formToken(formState)}
${selectionFields(selection)}
<p class="buttons">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</p>
</form>
<p class="quiet">Either way you go on to <strong>${new URL(redirectUri).host}</strong>.</p>
${
  !soleSelection(choices) &&
  html`<p><a href="${pageAddress('', authorization)}">Choose another place</a></p>`
}`,
    signedInFooter(formState, user),
  )
}

function selectionName(selection: Selection, user: SignedInUser): Html {
  switch (selection.kind) {
    case 'agency':
      return html`the agency ${isolatedName(user.companyName)}`
    case 'one':
      return isolatedName(selection.location.name)
    case 'several':
      return html`${selection.locations.length} locations`
    case 'all':
      return html`all locations of ${isolatedName(user.companyName)}`
  }
}

/** Lists the locations that the heading only counts. */
function locationDetails(selection: Selection): Html | undefined {
  const locationNames = (locations: readonly OfferedLocation[]) =>
    html`<ul class="names">${locations.map(({ name }) => html`<li>${isolatedName(name)}</li>`)}</ul>`
  if (selection.kind === 'several') {
    const { locations } = selection
    if (locations.length <= 5) return locationNames(locations)
    return html`<details><summary>Which ${locations.length} locations</summary>
${locationNames(locations)}</details>`
  }
  if (selection.kind !== 'all') return undefined
  return selection.withFuture
    ? html`<p>That includes locations added later.</p>`
    : html`<p>Locations added later are not included.</p>`
}

/** The selection as hidden fields; it is checked again when the form is sent. */
function selectionFields(selection: Selection): Html {
  const hiddenField = (field: string, value: string) =>
    html`<input type="hidden" name="${field}" value="${value}">`
  switch (selection.kind) {
    case 'agency':
      return hiddenField('where', 'agency')
    case 'one':
      return hiddenField('locations', selection.location.id)
    case 'several':
      return html`${selection.locations.map(({ id }) => hiddenField('locations', id))}`
    case 'all':
      return html`${hiddenField('where', 'all')}${
        selection.withFuture && hiddenField('future', 'yes')
      }`
  }
}
