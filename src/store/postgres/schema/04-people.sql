-- Who is connected. It is session_user: within these functions, current_user is the owner. What `who` says in an entry
-- decides nothing.
--
-- Each function that somebody may call has `security definer` and a search path of its own, in which pg_temp comes last: a
-- temporary table cannot replace one of these. The functions without it are called by those alone.

-- Whether the login owns this database, or is a superuser.
create function owns_database() returns boolean language sql stable as $$
  select pg_has_role(session_user, datdba, 'member') from pg_database where datname = current_database()
$$;

-- The login's duties and sites; empty if it has none.
create function me() returns people language plpgsql stable as $$
declare mine people;
begin
  select * into mine from people where login = session_user;
  if not found then mine := row(session_user, '{}', '{}'); end if;
  return mine;
end $$;

-- Whether somebody sees every entry.
create function sees_all(p_duties text[]) returns boolean language plpgsql stable as $$
begin
  return exists (select from duties where duty = any (p_duties) and scope <> 'site');
end $$;

create function require_duty(p_duties text[]) returns void language plpgsql stable as $$
begin
  if not (owns_database() or (me()).duties && p_duties) then
    raise exception 'login % may not do this', session_user using errcode = 'RD003',
      detail = 'It needs one of these duties: ' || array_to_string(p_duties, ', ');
  end if;
end $$;

-- Refuses to take the duty from the last data manager who can log in: nobody could give any duty any more.
create function require_data_manager(p_was people) returns void language plpgsql stable as $$
begin
  if 'data manager' = any (p_was.duties) and not exists (
    select from people join pg_roles on rolname = login where 'data manager' = any (duties) and rolcanlogin
  ) then
    raise exception 'no data manager would be left' using errcode = 'RD015';
  end if;
end $$;

-- Gives a login its sites and duties; it loses those that it had.
create function grant_duty(p_login name, p_sites text[], p_duties text[], p_by text) returns void
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp as $$
declare
  unknown text;
  was people;
begin
  perform require_duty(array['data manager']);
  perform from head for update;
  if coalesce(cardinality(p_duties), 0) = 0 or p_sites is null or array_position(p_duties || p_sites, null) is not null then
    raise exception 'no duty is named' using errcode = 'RD012';
  end if;
  select wanted into unknown from unnest(p_duties) as wanted where wanted not in (select duty from duties) limit 1;
  if unknown is not null then raise exception 'unknown duty: %', unknown using errcode = 'RD012'; end if;
  if exists (select from duties where duty = any (p_duties) and scope = 'site') and cardinality(p_sites) = 0 then
    raise exception 'a duty at sites needs a site' using errcode = 'RD012';
  end if;
  if exists (select from unnest(p_sites) as site where site !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$') then
    raise exception 'a site is not named by its code' using errcode = 'RD012';
  end if;
  -- Members of a group would get nothing: duties belong to logins.
  if not exists (select from pg_roles where rolname = p_login and rolcanlogin) then
    raise exception 'the server has no login %', p_login using errcode = 'RD012';
  end if;
  select * into was from people where login = p_login;
  insert into people values (p_login, p_sites, p_duties)
    on conflict (login) do update set sites = excluded.sites, duties = excluded.duties;
  perform require_data_manager(was);
  insert into people_log (login, sites, duties, by) values (p_login, p_sites, p_duties, p_by);
  if not pg_has_role(p_login, 'randose_people', 'member') then
    execute format('grant randose_people to %I', p_login);
  end if;
end $$;

-- Takes all duties from a login. It stays a member of randose_people, which another study may need; without a duty it
-- learns nothing.
create function revoke_duty(p_login name, p_by text) returns void
language plpgsql security definer set search_path = randose, pg_catalog, pg_temp as $$
declare was people;
begin
  perform require_duty(array['data manager']);
  perform from head for update;
  delete from people where login = p_login returning * into was;
  if not found then raise exception 'login % has no duty', p_login using errcode = 'RD012'; end if;
  perform require_data_manager(was);
  insert into people_log (login, sites, duties, by) values (p_login, '{}', '{}', p_by);
end $$;

-- Who has which duties now.
create function people_list() returns table (login name, sites text[], duties text[])
language plpgsql stable security definer set search_path = randose, pg_catalog, pg_temp as $$
begin
  if not (owns_database() or sees_all((me()).duties)) then
    raise exception 'login % may not do this', session_user using errcode = 'RD003';
  end if;
  return query select people.login, people.sites, people.duties from people order by people.login;
end $$;
