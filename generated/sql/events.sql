-- Every statement as it is sent; of the code 2fb3f8d6a4736a20

-- src/events/clock.ts
select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms;

-- src/events/outbox.ts
insert into outbox (location_id, id, type, version, payload, created_at)
select event.location_id, event.id, event.type, event.version, event.payload::jsonb, $1
from unnest($2::text[],
  $3::text[], $4::text[],
  $5::int[],
  $6::text[])
  event (location_id, id, type, version, payload);

-- src/events/trace.ts
select e.type, e.location_id as "locationId", e.id from outbox e
where e.location_id = any($1::text[]) and e.id = any($2::text[])
order by e.location_id, e.id;
