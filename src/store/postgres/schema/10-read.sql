-- The way out.

-- Where a login stands, and how the server is set up.
create function whoami() returns table (
  schema_version int, server_encoding text, first_hash text, seq bigint, hash text, study text, login name,
  sites text[], duties text[], sees_all boolean, is_synchronous boolean, synchronous_commit text
) language sql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
  select
    (select version from schema_version), current_setting('server_encoding'),
    (select entries.hash from entries where entries.seq = 1), coalesce(last.seq, 0), coalesce(last.hash, repeat('0', 64)),
    (select digest from studies order by since desc limit 1), mine.login, mine.sites, mine.duties,
    sees_all(mine.duties), current_setting('synchronous_standby_names') <> '', current_setting('synchronous_commit')
  from me() as mine left join (select * from entries order by entries.seq desc limit 1) as last on true
$$;

-- The ledger as the login may see it: first the sequence, the hash and the time of the last entry, without a line; then the
-- entries after p_after that it may see, in their order. Whoever owns the database sees all. One statement, so all of it is of
-- one moment.
create function read_ledger(p_after bigint default 0) returns table (seq bigint, hash text, at text, line text)
language sql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
  with mine as materialized (
    select me.sites || array[''] as sites, sees_all(me.duties) or owns_database() as sees_all, me.duties <> '{}' as has_duty from me()
  )
  select part.seq, part.hash, part.at, part.line from (
    select coalesce(max(last.seq), 0) as seq, coalesce(max(last.hash), repeat('0', 64)) as hash, max(last.time) as at, null as line
    from (select * from entries order by entries.seq desc limit 1) as last
    union all
    select entries.seq, entries.hash, entries.time as at, entries.line from entries
    where (select sees_all from mine) and entries.seq > p_after
    union all
    select entries.seq, entries.hash, entries.time as at, entries.line from entries
    where (select has_duty and not sees_all from mine) and entries.seq = any (array(
      -- By the index, site after site: a site has a small part of a long ledger.
      select seen.seq from unnest((select sites from mine)) as own (site)
      cross join lateral (select sight.seq from sight where sight.site = own.site and sight.seq > p_after offset 0) as seen
    ))
  ) as part
  order by part.line is not null, part.seq
$$;

-- The hashes of entries, 32 bytes each, in their order: everybody of the study sees those of all.
create function hashes(p_from bigint, p_to bigint) returns bytea
language sql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
  select coalesce(string_agg(decode(entries.hash, 'hex'), '' order by entries.seq), '') from entries
  where entries.seq between p_from and p_to and (owns_database() or (select duties from me()) <> '{}')
$$;

-- The numbers of the slots that are in use, in the strata that the login's sites may use, with blanks between them.
create function taken() returns text
language plpgsql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
declare
  mine people := me();
  of_all boolean := sees_all(mine.duties) or owns_database();
begin
  return coalesce((
    select string_agg(number, ' ' order by number) from slots
    where held_in is not null and (of_all or mine.duties <> '{}' and (site is null or site = any (mine.sites)))
  ), '');
end $$;
