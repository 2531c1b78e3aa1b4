-- The counts of all assignees together, which most searches ask for, as those of an assignee `*`.
insert into opportunity_counts (location_id, follower, pipeline_id, pipeline_stage_id, status,
  assigned_to, count, value, weighted, unweighted)
select c.location_id, c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, '*', sum(c.count),
  sum(c.value), sum(c.weighted), sum(c.unweighted)
from opportunity_counts c
group by 1, 2, 3, 4, 5;

-- One assignee's are spread over all stages and statuses. The assignee comes first, so that the planner
-- does not take this index for filters that the primary key serves better.
create index opportunity_counts_assigned_to
  on opportunity_counts (assigned_to, location_id, follower);

-- A page is planned once for all values, by how many there are of them. Where all opportunities happen to
-- be open, or in one stage, that plan would walk through all of them for the first one that is not.
alter table opportunities
  alter column pipeline_id set (n_distinct = 20),
  alter column pipeline_stage_id set (n_distinct = 100),
  alter column status set (n_distinct = 4),
  alter column assigned_to set (n_distinct = 50);
