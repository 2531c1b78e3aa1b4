import { isScope, type Scope } from '../../../../auth/scopes.ts'
import { type Html, html } from '../../../../http/html.ts'
import { scopeSentence } from './scope-sentences.ts'

/** What a scope is of: `locations` of `locations/tags.write`. */
type Subject<S extends string> = S extends `${infer First}/${string}`
  ? First
  : S extends `${infer First}.${string}`
    ? First
    : S

const areas: Record<Subject<Scope>, string> = {
  contacts: 'Contacts and businesses',
  businesses: 'Contacts and businesses',
  'recurring-tasks': 'Contacts and businesses',
  opportunities: 'Opportunities and pipelines',
  pipelines: 'Opportunities and pipelines',
  conversations: 'Conversations and phone',
  'chat-widget': 'Conversations and phone',
  phonenumbers: 'Conversations and phone',
  numberpools: 'Conversations and phone',
  calendars: 'Calendars',
  objects: 'Custom objects',
  associations: 'Custom objects',
  payments: 'Payments, invoices and products',
  invoices: 'Payments, invoices and products',
  products: 'Payments, invoices and products',
  store: 'Payments, invoices and products',
  documents_contracts: 'Payments, invoices and products',
  documents_contracts_template: 'Payments, invoices and products',
  campaigns: 'Marketing and e-mail',
  workflows: 'Marketing and e-mail',
  links: 'Marketing and e-mail',
  emails: 'Marketing and e-mail',
  'lc-email': 'Marketing and e-mail',
  adPublishing: 'Marketing and e-mail',
  'affiliate-manager': 'Marketing and e-mail',
  'brand-boards': 'Marketing and e-mail',
  socialplanner: 'Social media',
  forms: 'Forms, sites and files',
  surveys: 'Forms, sites and files',
  funnels: 'Forms, sites and files',
  blogs: 'Forms, sites and files',
  courses: 'Forms, sites and files',
  medias: 'Forms, sites and files',
  'conversation-ai': 'AI agents',
  'voice-ai-agents': 'AI agents',
  'voice-ai-agent-goals': 'AI agents',
  'voice-ai-dashboard': 'AI agents',
  'agent-studio': 'AI agents',
  'knowledge-bases': 'AI agents',
  locations: 'Locations and their settings',
  'custom-menu-link': 'Locations and their settings',
  snapshots: 'Locations and their settings',
  users: 'Users and the agency',
  companies: 'Users and the agency',
  saas: 'Users and the agency',
  oauth: 'The app itself',
  charges: 'The app itself',
  'marketplace-installer-details': 'The app itself',
  'marketplace-external-auth-migration': 'The app itself',
}

const areaOrder = [...new Set(Object.values(areas))]

/** More than these sentences are not read; then each area is a line that opens. */
const sentencesMax = 12

/** Says what an app may do: a sentence a scope, by area where there are many. */
export function permissionList(scopes: readonly string[]): Html {
  if (scopes.length <= sentencesMax) return sentenceList(scopes)
  const scopesByArea = Map.groupBy(scopes, areaOf)
  return html`<div class="areas">${[...areaOrder, undefined].map((area) => {
    const scopesOfArea = scopesByArea.get(area)
    return (
      scopesOfArea &&
      html`
<details><summary>${area ?? 'Something else'} <small>${accessText(scopesOfArea)}</small></summary>
${sentenceList(scopesOfArea)}</details>`
    )
  })}</div>`
}

function sentenceList(scopes: readonly string[]): Html {
  return html`<ul class="sentences">${scopes.map((scope) => html`<li>${scopeSentence(scope)}</li>`)}</ul>`
}

function areaOf(scope: string): string | undefined {
  return isScope(scope) ? areas[scope.split(/[/.]/)[0] as Subject<Scope>] : undefined
}

function accessText(scopes: readonly string[]): string {
  const readingCount = scopes.filter((scope) => /\.read(only)?$/.test(scope)).length
  if (readingCount === 0) return 'change'
  return readingCount === scopes.length ? 'see' : 'see and change'
}
