-- The way in. The server gives each act its time and its place in the chain, so that nobody has to read the end of the
-- ledger, or to sign, while others wait.

-- Adds a line to the ledger. @returns its hash
create function add_entry(p_seq bigint, p_time text, p_act_text text, p_act jsonb, p_prev text, p_signature text, p_hash out text, p_line out text)
language plpgsql as $$
declare body text := '{"seq":' || p_seq || ',"time":"' || p_time || '",' || substr(p_act_text, 2, length(p_act_text) - 2) || ',"prev":"' || p_prev || '"';
begin
  p_hash := encode(sha256(convert_to(body || '}', 'UTF8')), 'hex');
  p_line := body || ',"hash":"' || p_hash || '"' || coalesce(',"signature":' || to_json(p_signature), '') || '}';
  insert into entries (seq, prev, hash, line, id, action, time)
    values (p_seq, p_prev, p_hash, p_line, (p_act->>'id')::uuid, p_act->>'action', p_time);
end $$;

-- The lines of acts that were entered before, if all of them were; null if none was. Whoever lost the connection sends the
-- same acts again.
create function replay_of(p_ids uuid[], p_acts text[], p_signatures text[]) returns text[] language plpgsql stable as $$
declare
  place int;
  entry entries;
  texts text[] := '{}';
  body text;
begin
  if not exists (select from entries where id = any (p_ids)) then return null; end if;
  for place in 1 .. cardinality(p_acts) loop
    select * into entry from entries where id = p_ids[place] and login = session_user;
    if not found then
      raise exception 'another act was entered under this id' using errcode = 'RD008';
    end if;
    body := '{"seq":' || entry.seq || ',"time":"' || entry.time || '",' || substr(p_acts[place], 2, length(p_acts[place]) - 2)
      || ',"prev":"' || entry.prev || '","hash":"' || entry.hash || '"'
      || coalesce(',"signature":' || to_json(p_signatures[place]), '') || '}';
    if entry.line <> body then
      raise exception 'another act was entered under this id' using errcode = 'RD008';
    end if;
    texts := texts || entry.line;
  end loop;
  return texts;
end $$;

-- Enters acts, all or none, and returns when they are durable.
--
-- p_seen: where the ledger ended when the client read it. If there is a newer entry that matters for the acts (newest_for),
--   nothing is entered and the result is 'moved': read again and decide again. So it is if one of the slots was given
--   meanwhile. Null to ask only whether the acts are in the ledger; if they are not, they will never be.
-- p_anyway: enter them although something newer is there, such as the outcome of an opening.
-- result: 'done'; 'replayed' if the ledger has the acts already; 'moved'
create function enter(p_seen bigint, p_acts text[], p_signatures text[], p_anyway boolean default false)
returns table (result text, lines text[], seq bigint, hash text)
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp
-- Statements are planned once in a session. What was planned while a table was small must not read all of it later.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
  login people;
  acts jsonb[] := '{}';
  ids uuid[] := '{}';
  texts text[];
  last entries;
  act jsonb;
  place int;
  added record;
  next_time text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'acts are entered in a transaction that is read committed' using errcode = 'RD001';
  end if;
  if coalesce(cardinality(p_acts), 0) = 0 or cardinality(p_signatures) is distinct from cardinality(p_acts)
    or array_ndims(p_acts) <> 1 or array_lower(p_acts, 1) <> 1 or array_lower(p_signatures, 1) <> 1
    or array_position(p_acts, null) is not null
  then
    raise exception 'there is no act to enter' using errcode = 'RD001';
  end if;
  -- What does not depend on the ledger is checked before anybody has to wait.
  for place in 1 .. cardinality(p_acts) loop
    act := read_act(p_acts[place], false);
    if (act->>'id')::uuid = any (ids) then
      raise exception 'two acts have one id' using errcode = 'RD008';
    end if;
    acts := acts || act;
    ids := ids || (act->>'id')::uuid;
  end loop;
  -- Whatever a client has set, an act is durable when it is acknowledged.
  if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  perform from head for update;
  login := me();
  select * into last from entries order by entries.seq desc limit 1;
  texts := replay_of(ids, p_acts, p_signatures);
  if texts is not null then return query select 'replayed', texts, last.seq, last.hash; return; end if;
  if login.duties = '{}' then
    raise exception 'login % has no duty in this study', session_user using errcode = 'RD003';
  end if;
  if p_seen > coalesce(last.seq, 0) then
    raise exception 'the ledger ends before entry %', p_seen using errcode = 'RD014';
  end if;
  if p_seen is null then
    insert into given_up select unnest(ids) on conflict do nothing;
  elsif exists (select from given_up where id = any (ids)) then
    raise exception 'its sender was told that this act was not entered' using errcode = 'RD008';
  end if;
  -- Whoever may not use a slot is told so, and not that others were faster: the slots of other sites that are taken are
  -- unknown here, so the client would decide for the same one again.
  if p_seen is not null then
    perform require_allowed(login, one) from unnest(acts) as one where one->>'action' = 'randomization';
  end if;
  if p_seen is null or newest_for(login, acts) > p_seen and p_anyway is not true
    or exists (select from slots where held_in is not null and number in (
      select one->>'number' from unnest(acts) as one where one->>'action' = 'randomization'
    ) and (held_in > p_seen or not exists (
      select from sight where sight.seq = held_in and (site = any (login.sites || array['']) or sees_all(login.duties))
    )))
  then
    return query select 'moved', '{}'::text[], coalesce(last.seq, 0), coalesce(last.hash, repeat('0', 64));
    return;
  end if;

  -- The server's clock can be set back; the times of a ledger never go back.
  next_time := to_char(greatest(clock_timestamp(), last.time::timestamptz) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  seq := coalesce(last.seq, 0);
  hash := coalesce(last.hash, repeat('0', 64));
  lines := '{}';
  for place in 1 .. cardinality(acts) loop
    act := acts[place];
    seq := seq + 1;
    perform require_identity(act, p_signatures[place]);
    perform require_allowed(login, act);
    perform require_unlocked(act);
    perform require_study(login, seq, act);
    perform do_act(seq, act);
    added := add_entry(seq, next_time, p_acts[place], act, hash, p_signatures[place]);
    hash := added.p_hash;
    lines := lines || added.p_line;
    perform note_sight(seq, act, login.sites);
  end loop;
  result := 'done';
  return next;
end $$;
