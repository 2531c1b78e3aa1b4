/** Who and what the demo world is made of; the same in every sandbox. */
import { demo } from './ids.ts'

/** Contacts: first name, last name, company, city code of the phone number, tags. */
export const people = [
  ['Maya', 'Lindqvist', 'Northwind Dental', '612', 'lead,dental'],
  ['Julian', 'Okafor', 'Okafor Roofing', '713', 'customer,roofing'],
  ['Priya', 'Raman', 'Bluebird Yoga', '415', 'lead,wellness'],
  ['Tomás', 'Herrera', 'Herrera & Sons Plumbing', '210', 'customer,plumbing'],
  ['Ellen', 'Whitaker', 'Whitaker Realty', '404', 'vip,real estate'],
  ['Darius', 'Cole', 'Cole Fitness Studio', '312', 'lead,fitness'],
  ['Sofia', 'Marchetti', 'Trattoria Marchetti', '718', 'customer,restaurant'],
  ['Henrik', 'Dahl', 'Dahl Solar', '503', 'lead,solar,webinar'],
  ['Aisha', 'Rahman', 'Rahman Law Group', '202', 'vip,legal'],
  ['Owen', 'Gallagher', 'Gallagher Landscaping', '617', 'lead,landscaping'],
  ['Mei', 'Tanaka', 'Tanaka Orthodontics', '206', 'customer,dental'],
  ['Lucas', 'Ferreira', 'Ferreira Auto Repair', '305', 'lead,automotive'],
  ['Hannah', 'Bergstrom', 'Bergstrom Interiors', '651', 'lead,design'],
  ['Andre', 'Dubois', 'Dubois Bakery', '504', 'customer,restaurant'],
  ['Grace', 'Kimani', 'Kimani Physiotherapy', '469', 'lead,wellness'],
  ['Viktor', 'Novak', 'Novak Security', '216', 'lost,security'],
  ['Isabel', 'Ortega', 'Ortega Events', '619', 'vip,events'],
  ['Caleb', 'Thornton', 'Thornton HVAC', '816', 'customer,hvac'],
  ['Nadia', 'Petrova', 'Petrova Pilates', '347', 'lead,fitness,webinar'],
  ['Jonah', 'Weiss', 'Weiss Accounting', '248', 'customer,finance'],
  ['Camille', 'Laurent', 'Laurent Skincare', '310', 'vip,beauty'],
  ['Samuel', 'Adeyemi', 'Adeyemi Tutoring', '281', 'lead,education'],
  ['Ruth', 'Abramson', 'Abramson Chiropractic', '973', 'customer,wellness'],
  ['Diego', 'Salazar', 'Salazar Pools', '602', 'lead,home services'],
  ['Fiona', 'Maclean', 'Maclean Veterinary', '207', 'customer,pets'],
  ['Omar', 'Haddad', 'Haddad Rug Gallery', '313', 'lead,retail'],
  ['Leila', 'Nasser', 'Nasser Pediatrics', '949', 'vip,medical'],
  ['Brandon', 'Pike', 'Pike Pest Control', '901', 'lead,home services'],
  ['Anneke', 'de Vries', 'De Vries Florists', '616', 'customer,retail'],
  ['Marcus', 'Bell', 'Bell Moving Company', '614', 'lead,moving'],
  ['Yuki', 'Sato', 'Sato Martial Arts', '808', 'customer,fitness'],
  ['Rebecca', 'Stone', 'Stone Family Law', '303', 'lead,legal'],
  ['Emeka', 'Nwosu', 'Nwosu Catering', '470', 'lead,restaurant'],
  ['Paula', 'Jimenez', 'Jimenez Insurance', '956', 'customer,insurance'],
  ['Arthur', 'Pendleton', 'Pendleton Windows', '804', 'lost,home services'],
  ['Zoe', 'Christou', 'Christou Travel', '727', 'lead,travel'],
  ['Ivan', 'Kowalski', 'Kowalski Electric', '773', 'customer,electrical'],
  ['Beatriz', 'Almeida', 'Almeida Dance Academy', '774', 'lead,education'],
  ['Noah', 'Sinclair', 'Sinclair Barbers', '423', 'lead,beauty'],
] as const

/** Contact ids that the official examples name, and the people who have them. */
export const contactIds: Readonly<Record<number, string>> = {
  1: 'byMEV0NQinDhq8ZfiOi2',
  2: 'cJAWDskpkJHbRbhAT7bs',
  3: 'ocQHyuzHvysMo5N5VsXc',
}

/** Users of the first location, in the order of their ids. */
export const users = [
  ['Olivia', 'Hart', 'agency', 'admin'],
  ['Ben', 'Castellano', 'account', 'admin'],
  ['Sarah', 'Nguyen', 'account', 'user'],
  ['Marcus', 'Reid', 'account', 'user'],
  ['Elena', 'Vasquez', 'account', 'user'],
  ['Theo', 'Lindgren', 'account', 'user'],
  ['Amara', 'Osei', 'account', 'user'],
] as const

/** What is sold, to name opportunities after. */
export const offers = [
  ['Website redesign', 4800],
  ['Local SEO retainer', 1450.5],
  ['Google Ads launch', 2200],
  ['Reputation management', 897],
  ['Membership funnel', 3600],
  ['Missed-call text-back', 297],
  ['Booking automation', 1299.99],
  ['Brand video', 7250],
] as const

export const stageNames = [
  'New lead',
  'Contacted',
  'Discovery call',
  'Proposal sent',
  'Negotiation',
  'Verbal yes',
  'Closed',
] as const

/** The pipelines beside the documented one. */
export const otherPipelines = [
  {
    id: 'bCkKGpDsyPP4peuKowkG',
    name: 'Client onboarding',
    stages: [
      ['3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b01', 'Kick-off'],
      ['3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b02', 'Assets collected'],
      ['3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b03', 'In production'],
      ['3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b04', 'Live'],
    ],
  },
  {
    id: 'aWdODOBVOlH1RUFKWQke',
    name: 'Renewals',
    stages: [
      ['6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1901', 'Due in 60 days'],
      ['6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1902', 'Offer sent'],
      ['6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1903', 'Renewed'],
    ],
  },
] as const

const { customFieldIds: fieldIds, lostReasonIds } = demo

/** What an opportunity is asked beyond its own fields, one of each kind; in this order. */
export const customFields = [
  { id: fieldIds.reference, key: 'my_custom_field', name: 'Reference', type: 'TEXT' },
  { id: fieldIds.notes, key: 'what_they_need', name: 'What they need', type: 'LARGE_TEXT' },
  { id: fieldIds.seats, key: 'seats', name: 'Seats', type: 'NUMERICAL' },
  { id: fieldIds.budget, key: 'budget', name: 'Budget', type: 'MONETORY' },
  {
    id: fieldIds.howSoon,
    key: 'how_soon',
    name: 'How soon?',
    type: 'SINGLE_OPTIONS',
    options: ['This week', 'This month', 'This year'],
  },
  {
    id: fieldIds.services,
    key: 'services',
    name: 'Services',
    type: 'MULTIPLE_OPTIONS',
    options: ['Web', 'Ads', 'SEO', 'Video'],
  },
  { id: fieldIds.decisionDate, key: 'decision_date', name: 'Decision date', type: 'DATE' },
  {
    id: fieldIds.consent,
    key: 'may_we_write',
    name: 'May we write?',
    type: 'CHECKBOX',
    options: ['By e-mail', 'By text message'],
  },
] as const

/** Names and texts that messages of the location show. */
export const customValues = [
  ['Office hours', 'Monday to Friday, 9 to 5'],
  ['Booking link', 'https://riverside.example/book'],
  ['Review link', 'https://riverside.example/review'],
] as const

/** Of contacts: one of every type. */
export const contactFields = [
  { name: 'Pin code', type: 'TEXT' },
  { name: 'About them', type: 'LARGE_TEXT' },
  { name: 'Employees', type: 'NUMERICAL' },
  { name: 'Second phone', type: 'PHONE' },
  { name: 'Yearly revenue', type: 'MONETORY' },
  { name: 'Interests', type: 'CHECKBOX', options: ['Ads', 'Web', 'Video'] },
  { name: 'Found us by', type: 'SINGLE_OPTIONS', options: ['Search', 'Friend', 'Event'] },
  { name: 'Languages', type: 'MULTIPLE_OPTIONS', options: ['English', 'Spanish'] },
  { name: 'Customer since', type: 'DATE' },
  {
    name: 'Social names',
    type: 'TEXTBOX_LIST',
    options: [
      { id: '0c1d1f0e-7a51-4d0c-8f3e-2b1c5a9d6e01', label: 'Instagram', prefillValue: '' },
      { id: '0c1d1f0e-7a51-4d0c-8f3e-2b1c5a9d6e02', label: 'TikTok', prefillValue: '' },
    ],
  },
  { name: 'Logo files', type: 'FILE_UPLOAD' },
  { name: 'Size', type: 'RADIO', options: ['Small', 'Large'] },
  { name: 'Agreement', type: 'SIGNATURE' },
  { name: 'Discount', type: 'FLOAT' },
  { name: 'Best time', type: 'TIME' },
  { name: 'Portfolio', type: 'URL' },
] as const

const needs = [
  'A site that sells',
  'More calls\nfrom the map',
  '“Something like Bluebird’s”',
] as const

/** The values of opportunity `i`; the first has none, as in the official example. */
export function customFieldValues(i: number): { id: string; fieldValue: unknown }[] {
  const [, , , , howSoon, services, , consent] = customFields
  const day = String(1 + (i % 28)).padStart(2, '0')
  const values = [
    [i % 2 === 1, fieldIds.reference, `REF-${1000 + i}`],
    [i % 5 === 1, fieldIds.notes, needs[i % 3]],
    [i % 3 === 1, fieldIds.seats, 1 + ((i * 7) % 40)],
    [i % 3 === 2, fieldIds.budget, 1000.5 + i * 250],
    [i % 2 === 1, fieldIds.howSoon, howSoon.options[i % 3]],
    [i % 4 === 2, fieldIds.services, [services.options[i % 3], services.options[3]]],
    [i % 4 === 3, fieldIds.decisionDate, `2026-0${1 + (i % 6)}-${day}`],
    [i % 6 === 4, fieldIds.consent, consent.options.slice(0, 1 + (i % 4) / 2)],
  ] as const
  return values.flatMap(([has, id, fieldValue]) => (has ? [{ id, fieldValue }] : []))
}

/** Why opportunities are lost; in the demo world one for each lost one, in turn. */
export const lostReasons = [
  { id: lostReasonIds.price, name: 'Too expensive' },
  { id: lostReasonIds.competitor, name: 'Chose a competitor' },
  { id: lostReasonIds.noAnswer, name: 'No answer' },
] as const
