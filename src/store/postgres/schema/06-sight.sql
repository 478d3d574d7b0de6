-- What an entry is about, and who sees it.

create function participant_thing(p_key text) returns text language sql immutable as $$ select 'participant ' || p_key $$;
create function kit_thing(p_kit text) returns text language sql immutable as $$ select 'kit ' || p_kit $$;

-- Subject ids are compared as `subjectKey` does; they are ASCII. A text that is too long for an id has no key.
create function key_of(p_subject text) returns text language sql immutable as $$
  select case when length(p_subject) <= 32 then upper(p_subject collate "C") end
$$;

-- The participant who has or had a subject id; null if there is none.
create function participant_of(p_subject text) returns text language plpgsql stable as $$
begin
  return (select participant from subject_ids where id = key_of(p_subject));
end $$;

-- The participant who has a slot; null if nobody has.
create function holder_of(p_number text) returns text language plpgsql stable as $$
begin
  return (select key from participants where number = p_number);
end $$;

create function is_code_break(p_action text) returns boolean language sql immutable as $$
  select p_action in ('code-break intent', 'code-break outcome', 'late code-break')
$$;

-- The participants whom an act names. A code-break can name one by the number alone, also in the place of the subject, and by
-- the card that was used; it then concerns whoever has that number too.
create function participants_in(p_act jsonb) returns text[] language plpgsql stable as $$
declare
  subject text := p_act->>'subject';
  named text[] := array[participant_of(subject)];
begin
  if is_code_break(p_act->>'action') then
    named := named || array[
      holder_of(subject),
      holder_of(p_act->>'number'),
      holder_of(substring(p_act->>'key' from '^code-break card of (.*)$'))
    ];
  end if;
  return array(select distinct key from unnest(named) as key where key is not null);
end $$;

-- The kits that an act names, as it names them: one, or several with or without their types.
create function kits_in(p_act jsonb) returns text[] language plpgsql immutable as $$
declare named text[] := array_remove(array[p_act->>'kit'], null);
begin
  if not p_act ? 'kits' then return named; end if;
  return array(
    select unnest(named)
    union
    select case jsonb_typeof(one) when 'object' then one->>'kit' else one #>> '{}' end from jsonb_array_elements(p_act->'kits') as one
  );
end $$;

-- A thing has come to a site, which from now on sees every entry about it.
create function bring_to(p_thing text, p_site text) returns void language plpgsql as $$
begin
  insert into reach values (p_thing, p_site) on conflict do nothing;
  if found then
    insert into sight select p_site, seq from concerns where thing = p_thing on conflict do nothing;
  end if;
end $$;

-- A participant has come to a site, and so have the kits of the slot.
create function bring_participant(p_key text, p_site text) returns void language plpgsql as $$
begin
  perform bring_to(participant_thing(p_key), p_site);
  perform bring_to(kit_thing(kit), p_site) from kits join participants on kits.number = participants.number where key = p_key;
end $$;

-- Notes what an entry is about, and who sees it. To be called after the act was done, so that a new participant is known.
create function note_sight(p_seq bigint, p_act jsonb, p_sites text[]) returns void language plpgsql as $$
declare
  action text := p_act->>'action';
  people text[] := participants_in(p_act);
  kits_named text[] := kits_in(p_act);
  intent bigint := (p_act->>'intent')::bigint;
  things text[];
  seen_by text[] := '{}';
begin
  if people <> '{}' then
    things := array(select participant_thing(key) from unnest(people) as key);
    -- The site of a kit that another site's participant got sees that it is used.
    if kits_named <> '{}' then
      seen_by := array(select distinct site from kits join slots using (number) where kits.kit = any (kits_named) and site is not null);
    end if;
  else
    -- A slot that nobody has is known by its kits.
    if is_code_break(action) then
      kits_named := kits_named || array(select kit from kits where number = p_act->>'number');
      seen_by := array(select site from slots where number = p_act->>'number' and site is not null);
    end if;
    things := array(select distinct kit_thing(kit) from unnest(kits_named) as kit);
  end if;
  if intent is not null then
    -- An outcome is about what its intent was about. It can name further participants: then the intent was about them too.
    insert into concerns select thing, intent from unnest(things) as thing on conflict do nothing;
    insert into sight select distinct site, intent from reach where thing = any (things) on conflict do nothing;
    things := array(select thing from concerns where seq = intent);
    seen_by := seen_by || array(select site from sight where seq = intent);
  end if;
  insert into concerns select distinct thing, p_seq from unnest(things) as thing;
  seen_by := seen_by || array(select site from reach where thing = any (things));
  -- A code-break is entered whoever asks for it; who entered it sees it.
  if is_code_break(action) then seen_by := seen_by || p_sites; end if;
  if seen_by = '{}' and intent is null and not is_code_break(action) then seen_by := array['']; end if;
  insert into sight select distinct site, p_seq from unnest(seen_by) as site;
end $$;

-- The sites whose entries matter for acts: those that the participants and kits have come to, and those of new participants.
create function sites_about(p_acts jsonb[]) returns text[] language plpgsql stable as $$
begin
  return array(
    select distinct site from unnest(p_acts) as act, lateral (
      select act->>'site' as site where act ? 'site'
      union all select reach.site from reach where thing = any (
        array(select participant_thing(key) from unnest(participants_in(act)) as key)
        || array(select kit_thing(kit) from unnest(kits_in(act)) as kit)
      )
      union all select sight.site from sight where seq = (act->>'intent')::bigint
    ) as its where site is not null
  );
end $$;

-- The last entry that acts may have been decided without; 0 if there is none. Whoever sees all sites decides on what those see
-- which the acts are about: else nobody central could enter anything while many sites do.
create function newest_for(p_me people, p_acts jsonb[]) returns bigint language plpgsql stable as $$
declare sites text[] := array[''] || case when sees_all(p_me.duties) then sites_about(p_acts) else p_me.sites end;
begin
  return coalesce((
    select max(newest) from unnest(sites) as one,
      lateral (select seq as newest from sight where site = one order by seq desc limit 1) as last
  ), 0);
end $$;
