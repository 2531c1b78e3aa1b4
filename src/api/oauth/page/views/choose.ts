import type { SignedInUser } from '../../../../auth/sessions.ts'
import { type Html, html } from '../../../../http/html.ts'
import type { RawQuery } from '../../../../http/query.ts'
import type { Choices, OfferedLocation } from '../choices.ts'
import {
  appMark,
  type FormState,
  formToken,
  isolatedName,
  layout,
  pageAddress,
  problemMessage,
  signedInFooter,
} from './layout.ts'

/** Asks where to install the app; `form` holds what was filled in before. */
export function choosePage(
  formState: FormState,
  user: SignedInUser,
  choices: Choices,
  { form = {}, problem }: { form?: RawQuery; problem?: string } = {},
): Html {
  const { authorization } = formState
  const appName = isolatedName(authorization.app.name)
  return layout(
    problem === undefined ? 'Choose where' : 'Error: choose where',
    html`
${appMark(authorization)}
<h1>Where do you want ${appName}?</h1>
${problemMessage(problem)}
<form method="post" action="${pageAddress('/choose', authorization)}">
${formToken(formState)}
${
  choices.mayChooseSeveral || choices.agency
    ? agencyOptions(choices, form)
    : locationOptions(choices, form)
}
<p class="buttons">
<button class="primary">Continue</button>
<button name="decision" value="deny" formnovalidate
  formaction="${pageAddress('/decide', authorization)}">Cancel</button>
</p>
</form>`,
    signedInFooter(formState, user),
  )
}

/** The choices of a location's administrator, who chooses one location. */
function locationOptions(choices: Choices, form: RawQuery): Html {
  return html`
<fieldset>
<legend>Choose a location</legend>
${locationList(choices, form, 'radio')}
</fieldset>`
}

/** The choices of an agency's administrator: the agency, all its locations or some. */
function agencyOptions(choices: Choices, form: RawQuery): Html {
  const { agency, locations } = choices
  const where = String(form.where ?? (agency === undefined ? 'some' : 'agency'))
  const radio = (value: string) => html`
<input type="radio" name="where" value="${value}" required ${where === value && html`checked`}>`
  return html`
<fieldset>
<legend>Choose the agency or locations</legend>
<ul class="options">
${
  agency !== undefined &&
  html`<li><label class="option">${radio('agency')}
<span>The agency itself <small>${isolatedName(agency)}</small></span></label></li>`
}
${
  locations.length > 0 &&
  html`<li><label class="option">${radio('some')}
<span>Only some locations <small>Choose which</small></span></label>
<div class="more">${locationList(choices, form, 'checkbox')}</div></li>
<li><label class="option">${radio('all')}
<span>All locations <small>${countOf(choices)} today</small></span></label>
<div class="more"><label class="option"><input type="checkbox" name="future" value="yes"
  ${form.future === 'yes' && html`checked`}><span>Those added later, too</span></label></div></li>`
}
</ul>
</fieldset>`
}

function locationList(choices: Choices, form: RawQuery, type: 'radio' | 'checkbox'): Html {
  const { locations } = choices
  const chosen = new Set([form.locations ?? []].flat())
  const item = ({ id, name, place }: OfferedLocation) => html`
<li><label class="option"><input type="${type}" name="locations" value="${id}"
  ${type === 'radio' && html`required`} ${chosen.has(id) && html`checked`}><span>${isolatedName(name)}
${place !== '' && html`<small>${isolatedName(place)}</small>`}</span></label></li>`
  return html`
<div class="filter" hidden><label for="filter">Find a location</label>
<output for="filter"></output><input id="filter" type="search" autocomplete="off"></div>
<ul class="options locations">${locations.map(item)}</ul>
${choices.isTruncated && html`<p class="quiet">Only the first of them are listed, by name.</p>`}`
}

function countOf({ locations, isTruncated }: Choices): string {
  const count = locations.length.toLocaleString('en-US')
  if (isTruncated) return `More than ${count} locations`
  return locations.length === 1 ? '1 location' : `${count} locations`
}
