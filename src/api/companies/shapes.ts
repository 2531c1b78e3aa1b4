import { Type } from 'typebox'
import { Answer } from '../../http/shapes.ts'

const text = (example: string) => Type.Optional(Type.String({ examples: [example] }))

export const CompanyParams = Type.Object({
  companyId: Type.String({ examples: ['5DP4iH6HLkQsiKESj6rh'] }),
})

export const CompanyAnswer = Answer(
  {
    company: Type.Object({
      id: Type.String({ examples: ['seD4PfOuKoVMLkEZqohJ'] }),
      name: Type.String({ examples: ['Tesla inc'] }),
      email: text('john@deo.com'),
      logoUrl: text('https://agency.example/logo.png'),
      phone: text('+1202-555-0107'),
      website: text('https://www.tesla.com'),
      domain: text('https://app.myawesomedomain.com'),
      address: text('3500 Deer Creek Road'),
      city: text('Palo Alto'),
      postalCode: text('94304'),
      country: text('US'),
      state: text('CA'),
      timezone: Type.String({ examples: ['US/Central'] }),
      locationCount: Type.Number({ examples: [10] }),
    }),
  },
  { description: 'Successful response' },
)
