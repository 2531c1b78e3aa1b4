import { type Static, Type } from 'typebox'
import { otherCompany } from '../auth/errors.ts'
import type { AppContext } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Server } from '../http/server.ts'
import { Answer } from '../http/shapes.ts'
import { newId } from '../ids.ts'
import type { Family } from '../resource/family.ts'
import { operation } from '../resource/operation.ts'
import { type RowOf, withoutNulls } from '../resource/row.ts'
import { MaybeText, Numeric, Text } from '../resource/words.ts'

export const companies: Family = {
  name: 'companies',
  routes: getCompany,
}

const CompanyParams = Type.Object({
  companyId: Text('5DP4iH6HLkQsiKESj6rh'),
})

const CompanyAnswer = Answer(
  {
    company: Type.Object({
      id: Text('seD4PfOuKoVMLkEZqohJ'),
      name: Text('Tesla inc'),
      email: MaybeText('john@deo.com'),
      logoUrl: MaybeText('https://agency.example/logo.png'),
      phone: MaybeText('+1202-555-0107'),
      website: MaybeText('https://www.tesla.com'),
      domain: MaybeText('https://app.myawesomedomain.com'),
      address: MaybeText('3500 Deer Creek Road'),
      city: MaybeText('Palo Alto'),
      postalCode: MaybeText('94304'),
      country: MaybeText('US'),
      state: MaybeText('CA'),
      timezone: Text('US/Central'),
      locationCount: Numeric(10),
    }),
  },
  { description: 'Successful response' },
)

type Company = Static<typeof CompanyAnswer>['company']

function getCompany(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /companies/:companyId',
    {
      // UPSTREAM: misspelt there too.
      description: 'Get Comapny',
      params: CompanyParams,
      answer: CompanyAnswer,
      refuses: [403],
    },
    async ({ caller: { companyId }, params }) => {
      const company = params.companyId === companyId ? await findCompany(db, companyId) : undefined
      if (!company) throw otherCompany()
      return { company }
    },
  )
}

/** DEVIATION: of a company only what the server knows; plans, policies and billing are not here. */
export async function findCompany(db: Queryable, id: string): Promise<Company | undefined> {
  const [row] = await db.query<RowOf<Company>>(sql`
    select c.id, c.name, c.email, c.logo_url as "logoUrl", c.phone, c.website, c.domain, c.address,
      c.city, c.postal_code as "postalCode", c.country, c.state, c.timezone,
      (select count(*) from locations l
        where l.company_id = c.id and l.deleted_at is null) as "locationCount"
    from companies c where c.id = ${id}`)
  return row && withoutNulls<Company>(row)
}

/** Makes an agency and returns its id. */
export async function createCompany(db: Queryable, name: string, now: Date): Promise<string> {
  const id = newId()
  await db.query(sql`
    insert into companies (id, name, created_at, updated_at)
    values (${id}, ${name}, ${now}, ${now})`)
  return id
}

export function listCompanies(db: Queryable): Promise<{ id: string; name: string }[]> {
  return db.query(sql`select id, name from companies order by created_at, id limit 1000`)
}
