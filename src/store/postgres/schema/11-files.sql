-- The files of the study (study.yaml, the list, envelopes) and the slots of the list.

-- Puts files in their places; a place that has the same file already stays as it is.
create function put_files(p_paths text[], p_contents bytea[]) returns void
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp as $$
begin
  perform require_duty(array['statistician', 'officer', 'data manager']);
  perform from head for update;
  if cardinality(p_paths) is distinct from cardinality(p_contents) then
    raise exception 'each file needs a path' using errcode = 'RD013';
  end if;
  perform require_path(path) from unnest(p_paths) as path;
  insert into files select distinct on (digest) digest, content
    from unnest(p_contents) as content, lateral (select encode(sha256(content), 'hex') as digest) as its
    on conflict do nothing;
  insert into paths (path, digest, since)
    select path, encode(sha256(content), 'hex'), (select coalesce(max(seq), 0) from entries)
    from unnest(p_paths, p_contents) as file (path, content)
    where encode(sha256(content), 'hex') is distinct from digest_at(path);
end $$;

-- Takes files out of their places. Their contents stay.
create function remove_paths(p_paths text[]) returns void
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp as $$
begin
  perform require_duty(array['statistician', 'officer', 'data manager']);
  perform from head for update;
  insert into paths (path, digest, since)
    select path, null, (select coalesce(max(seq), 0) from entries) from unnest(p_paths) as path where digest_at(path) is not null;
end $$;

-- A path leads to a file within the study, on every system.
create function require_path(p_path text) returns void language plpgsql immutable as $$
begin
  if p_path !~ '^[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*$' or length(p_path) > 300 then
    raise exception 'a file cannot have the path %', quote_nullable(left(p_path, 80)) using errcode = 'RD013';
  end if;
end $$;

-- The file that a path has now; null if it has none.
create function digest_at(p_path text) returns text language sql stable as $$
  select digest from paths where path = p_path order by number desc limit 1
$$;

create function require_any_duty() returns void language plpgsql stable as $$
begin
  if not (owns_database() or (me()).duties <> '{}') then
    raise exception 'login % has no duty in this study', session_user using errcode = 'RD003';
  end if;
end $$;

-- Every path that has a file now.
create function file_list() returns table (path text, digest text)
language plpgsql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
begin
  perform require_any_duty();
  return query select last.path, last.digest
    from (select distinct on (paths.path) paths.path, paths.digest from paths order by paths.path, paths.number desc) as last
    where last.digest is not null order by last.path collate "C";
end $$;

create function file_contents(p_digests text[]) returns table (digest text, content bytea)
language plpgsql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
begin
  perform require_any_duty();
  return query select files.digest, files.content from files where files.digest = any (p_digests);
end $$;

-- Adds the slots of a batch, in the order of the list: [{"number", "batch", "stratum", "sequence", "kit", "kits", "allKits",
-- "site", "replacementFor"}]. Slots never change: one that is there already must be the same.
create function put_slots(p_slots jsonb) returns void
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp as $$
declare
  wrong text;
begin
  perform require_duty(array['statistician', 'officer', 'data manager']);
  perform from head for update;
  select given.number into wrong
    from jsonb_to_recordset(p_slots) as given (number text, batch int, stratum text, sequence int, kit text, kits jsonb, site text, "replacementFor" text)
    join slots using (number)
    where (given.batch, given.stratum, given.sequence, given.kit, given.kits, given.site, given."replacementFor")
      is distinct from (slots.batch, slots.stratum, slots.sequence, slots.kit, slots.kits, slots.site, slots.replacement_for);
  if found then raise exception 'slot % is there already, and is another', wrong using errcode = 'RD013'; end if;
  insert into slots (number, batch, stratum, sequence, kit, kits, site, replacement_for)
    select number, batch, stratum, sequence, kit, kits, site, "replacementFor"
    from jsonb_to_recordset(p_slots) as given (number text, batch int, stratum text, sequence int, kit text, kits jsonb, site text, "replacementFor" text)
    on conflict (number) do nothing;
  insert into strata select distinct stratum from slots on conflict do nothing;
  select stratum into wrong from slots where replacement_for is null group by stratum having max(sequence) <> count(*) limit 1;
  if found then raise exception 'stratum % has a gap between its slots', wrong using errcode = 'RD013'; end if;

  insert into kits select kit, number from kits_given(p_slots) on conflict do nothing;
  select given.kit into wrong from kits_given(p_slots) as given join kits using (kit) where given.number <> kits.number limit 1;
  if found then raise exception 'kit % belongs to two slots', wrong using errcode = 'RD013'; end if;
  insert into reach select kit_thing(given.kit), slots.site
    from kits_given(p_slots) as given join slots using (number) where slots.site is not null on conflict do nothing;
end $$;

-- Every kit of slots, as put_slots gets them.
create function kits_given(p_slots jsonb) returns table (kit text, number text) language sql immutable as $$
  select distinct its.kit, slot->>'number'
  from jsonb_array_elements(p_slots) as slot, jsonb_array_elements_text(slot->'allKits') as its (kit)
$$;
