-- Every statement as it is sent; of the code ceccfce25f53dd7e

-- src/http/idempotency.ts
delete from idempotency_keys k using (
  select o.location_id, o.source_id, o.key from idempotency_keys o
  where o.created_at <= $1 order by o.location_id, o.source_id, o.key
  limit $2) gone
where k.location_id = gone.location_id and k.source_id = gone.source_id and k.key = gone.key
returning k.key;

-- src/http/idempotency.ts
insert into idempotency_keys as k (location_id, source_id, key, request_hash, created_at)
values ($1, $2, $3, $4, $5)
on conflict (location_id, source_id, key) do update
  set request_hash = excluded.request_hash, created_at = excluded.created_at
  where k.created_at <= $6
returning k.key;

-- src/http/idempotency.ts
select k.request_hash = $1 as "isSame", k.status, k.body from idempotency_keys k
where k.location_id = $2 and k.source_id = $3 and k.key = $4;

-- src/http/idempotency.ts
update idempotency_keys k set status = $1, body = $2
where k.location_id = $3 and k.source_id = $4 and k.key = $5;

-- src/http/rate-limit/counts.ts
delete from rate_limits where expires_at <= now();

-- src/http/rate-limit/counts.ts
delete from sign_in_counts where expires_at <= now();

-- src/http/rate-limit/counts.ts
insert into rate_limits as r (key, points, expires_at, counted_at)
select w.key, w.points, now() + w.seconds * interval '1 second', now()
from unnest($1::text[], $2::bigint[], $3::float8[])
  as w (key, points, seconds)
on conflict (key) do update set
  points = excluded.points
    + case when r.expires_at > excluded.counted_at then r.points else 0 end,
  expires_at = case when r.expires_at > excluded.counted_at then r.expires_at
    else excluded.expires_at end,
  counted_at = excluded.counted_at
returning r.key, r.points as total,
  extract(epoch from r.expires_at - r.counted_at)::float8 * 1000 as "endsInMs";

-- src/http/rate-limit/counts.ts
insert into sign_in_counts as r (key, points, expires_at, counted_at)
select w.key, w.points, now() + w.seconds * interval '1 second', now()
from unnest($1::text[], $2::bigint[], $3::float8[])
  as w (key, points, seconds)
on conflict (key) do update set
  points = excluded.points
    + case when r.expires_at > excluded.counted_at then r.points else 0 end,
  expires_at = case when r.expires_at > excluded.counted_at then r.expires_at
    else excluded.expires_at end,
  counted_at = excluded.counted_at
returning r.key, r.points as total,
  extract(epoch from r.expires_at - r.counted_at)::float8 * 1000 as "endsInMs";
