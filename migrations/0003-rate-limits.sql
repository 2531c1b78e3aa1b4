-- How often each app asked about each location or company, in the window under way.
--
-- Global like 0002's: a row counts for an app, whatever location it asks about, and is found by its
-- own key. Unlogged: a count that a crash loses costs nobody anything, and logging it would cost
-- every request. Half of each page stays free, so that a row is changed where it stands.

create unlogged table rate_limits (
  key text collate "C" primary key,
  points bigint not null,
  expires_at timestamptz(3) not null
) with (fillfactor = 50);
