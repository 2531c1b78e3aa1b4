-- What readers of the reference think of its pages.
--
-- Global: a page belongs to the server, not to a location.

create table feedback (
  id text collate "C" primary key,
  operation_id text collate "C" not null,
  stars smallint not null check (stars between 1 and 5),
  text text not null check (length(text) <= 500),
  created_at timestamptz(3) not null
);
