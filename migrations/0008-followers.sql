-- Who follows which opportunities, in the order of a search: an index that PostgreSQL does not have,
-- of the members of an array and then of other columns. What is true stands in
-- opportunities.followers: whoever follows is here, but a row may be left of somebody who does not any
-- more, when two changes of one opportunity meet. An opportunity keeps its contact and time for good.
create table opportunity_followers (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamptz(3) not null,
  contact_id text collate "C" not null,
  opportunity_id text collate "C" not null,
  primary key (location_id, user_id, created_at, contact_id, opportunity_id)
);
insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
select o.location_id, f.user_id, o.created_at, o.contact_id, o.id
from opportunities o cross join lateral unnest(o.followers) f (user_id);

-- A change of followers alone writes into no index of the row any more.
drop index opportunities_followers;
