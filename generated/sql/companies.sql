-- Every statement as it is sent; of the code c1b45bdc8ff9e6c9

-- src/api/companies.ts
insert into companies (id, name, created_at, updated_at)
values ($1, $2, $3, $4);

-- src/api/companies.ts
select id, name from companies order by created_at, id limit 1000;

-- src/api/companies.ts
select jsonb_strip_nulls(jsonb_build_object(
  'id', c.id, 'name', c.name, 'email', c.email, 'logoUrl', c.logo_url, 'phone', c.phone,
  'website', c.website, 'domain', c.domain, 'address', c.address, 'city', c.city,
  'postalCode', c.postal_code, 'country', c.country, 'state', c.state,
  'timezone', c.timezone,
  'locationCount', (select count(*) from locations l
    where l.company_id = c.id and l.deleted_at is null))) as company
from companies c where c.id = $1;
