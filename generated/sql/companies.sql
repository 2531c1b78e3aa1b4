-- Every statement as it is sent; of the code 4d538122b37c093a

-- src/api/companies.ts
insert into companies (id, name, created_at, updated_at)
values ($1, $2, $3, $4);

-- src/api/companies.ts
select c.id, c.name, c.email, c.logo_url as "logoUrl", c.phone, c.website, c.domain, c.address,
  c.city, c.postal_code as "postalCode", c.country, c.state, c.timezone,
  (select count(*) from locations l
    where l.company_id = c.id and l.deleted_at is null) as "locationCount"
from companies c where c.id = $1;

-- src/api/companies.ts
select id, name from companies order by created_at, id limit 1000;
