import { demo } from '../../../src/demo/ids.ts'

/** Settings as nobody changed them. */
export const settings = {
  allowDuplicateContact: false,
  allowDuplicateOpportunity: false,
  allowFacebookNameMerge: false,
  disableContactTimezone: false,
  contactUniqueIdentifiers: ['email', 'phone'],
  saasSettings: {},
  crmSettings: {},
}

/** The demo's locations as a search shows them. */
export const riverside = {
  id: demo.locationId,
  name: 'Riverside Marketing',
  email: 'office@riverside.example',
  country: 'US',
  timezone: 'America/Chicago',
  settings,
  social: {},
}

/** All that can be said of a location when it is made; `prospectInfo` apart. */
export const profile = {
  phone: '+1410039940',
  address: '4th fleet street',
  city: 'New York',
  state: 'Illinois',
  country: 'US',
  postalCode: '567654',
  website: 'https://yourwebsite.com',
  timezone: 'US/Central',
  settings: {
    allowDuplicateContact: true,
    allowDuplicateOpportunity: true,
    allowFacebookNameMerge: true,
    disableContactTimezone: true,
    contactUniqueIdentifiers: ['phone', 'email'],
    crmSettings: { deSyncOwners: true, syncFollowers: { contact: true, opportunity: false } },
  },
  social: {
    facebookUrl: 'https://www.facebook.com/',
    googlePlus: 'https://www.googleplus.com/',
    linkedIn: 'https://www.linkedIn.com/',
    foursquare: 'https://www.foursquare.com/',
    twitter: 'https://www.foutwitterrsquare.com/',
    yelp: 'https://www.yelp.com/',
    instagram: 'https://www.instagram.com/',
    youtube: 'https://www.youtube.com/',
    pinterest: 'https://www.pinterest.com/',
    blogRss: 'https://www.blogRss.com/',
    googlePlacesId: 'ChIJJGPdVbQTrjsRGUkefteUeFk',
  },
}

export const prospectInfo = { firstName: 'John', lastName: 'Doe', email: 'john.doe@mail.com' }

export const secrets = {
  twilio: { sid: 'AC_secret', authToken: '77_secret' },
  mailgun: { apiKey: 'key-secret', domain: 'replies.yourdomain.com' },
}
