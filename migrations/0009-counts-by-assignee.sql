-- The counts of one assignee are spread over all stages and statuses. The assignee comes first, so that
-- the planner does not take this index for filters that the primary key serves better.
create index opportunity_counts_assigned_to
  on opportunity_counts (assigned_to, location_id, follower);
