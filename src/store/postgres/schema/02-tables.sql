-- The tables. Nobody but the owner has a right to any of them; the functions below are the way in and out.

set local search_path = randose, pg_catalog, pg_temp;

create table schema_version (version int not null);
insert into schema_version values (1);

-- One row, which is locked while acts are entered. It is a row, and not an advisory lock, because the record of its lock in
-- the write-ahead log makes an act that is sent again wait for a synchronous standby too. It says nothing: the ledger
-- ends where the entries end.
create table head (one boolean primary key default true check (one));
insert into head values (true);

-- The ledger: an entry is a line of ledger.jsonl, byte for byte.
create table entries (
  seq bigint primary key check (seq > 0),
  -- Two entries cannot follow the same one.
  prev text not null unique,
  hash text not null unique,
  -- UTF-8, without its line feed.
  line text not null check (position(chr(10) in line) = 0),
  -- The random id of the act; older entries have none.
  id uuid unique,
  action text not null,
  -- As it is in the line.
  time text not null,
  -- Who was connected and when, whatever the line says.
  login name not null default session_user,
  at timestamptz not null default clock_timestamp(),
  constraint hash_is_of_the_line check (
    hash = encode(sha256(convert_to(split_part(line, ',"hash":"' || hash || '"', 1) || '}', 'UTF8')), 'hex')
  )
);
create index entries_of_the_lock on entries (seq) where action in ('lock', 'unlock');

-- What the program says about kinds of entries, when the database is made (src/store/postgres/duties.ts, shapes.ts).
create table actions (
  action text primary key,
  -- Read by the function `written`.
  shape jsonb not null,
  despite_lock boolean not null,
  -- Of an intent and its outcome: what is opened.
  opening text
);
create table duties (
  duty text primary key,
  -- A site duty is for the sites of the login; central duties are for all sites; readers enter nothing.
  scope text not null check (scope in ('site', 'central', 'reader'))
);
create table duty_actions (
  duty text not null references duties,
  action text not null references actions,
  primary key (action, duty)
);

-- The duties of each login now, and how they came about.
create table people (
  login name primary key,
  sites text[] not null,
  duties text[] not null
);
create table people_log (
  number bigint generated always as identity primary key,
  login name not null,
  sites text[] not null,
  -- Empty if the duties were revoked.
  duties text[] not null,
  -- Who did it, in their words.
  by text not null,
  by_login name not null default session_user,
  at timestamptz not null default clock_timestamp()
);

-- The public allocation list. `site` is null if the stratum is not of one site.
create table slots (
  number text primary key,
  batch int not null check (batch > 0),
  stratum text not null,
  -- Its number in the stratum, from 1: the order in which participants get the slots.
  sequence int not null check (sequence > 0),
  -- The kit, and the kits of all types if there are several, as a randomization names them; null if there are none.
  kit text,
  kits jsonb,
  site text,
  -- Of a replacement slot: the slot whose participant is replaced.
  replacement_for text unique references slots,
  -- The entry that gave it to a participant.
  held_in bigint
);
create unique index slots_in_order on slots (stratum, sequence) where replacement_for is null;
create index slots_held on slots (stratum) where held_in is not null;
-- How many ordinary slots of a stratum are held: the next one has the sequence after it.
create table strata (stratum text primary key, held int not null default 0);
-- Every kit of a slot, spare kits too.
create table kits (kit text primary key, number text not null references slots);
create index kits_of_slot on kits (number);

-- Participants, by the id at randomization in upper case, and every id that one of them ever had.
create table participants (
  key text primary key,
  number text not null unique,
  -- The entry of the participant who replaces this one.
  replaced_in bigint
);
create table subject_ids (id text primary key, participant text not null references participants);

-- What an entry is about ("participant A-001", "kit 4KX9TM7"), and which sites such a thing has come to. A site sees
-- every entry about what came to it, from the first one on.
create table concerns (thing text, seq bigint, primary key (thing, seq));
create table reach (thing text, site text, primary key (thing, site));
create index concerns_of_entry on concerns (seq);
-- Which site sees which entry; with the site '' everybody of the study does.
create table sight (site text, seq bigint, primary key (site, seq));
create index sight_of_entry on sight (seq);

-- study.yaml: the digest that is in force from an entry on.
create table studies (since bigint primary key, digest text not null);

-- Attempts to open something: an intent, and its outcome if it has one.
create table openings (intent bigint primary key, opening text not null, outcome bigint unique);
-- Acts of which somebody was told that they were not entered, by their ids: they stay out, if they arrive later after all.
create table given_up (id uuid primary key);
-- Code-breaks that were entered late, by what identifies each.
create table late_code_breaks (pending text primary key, seq bigint not null);

-- The files of the study by their content, and which file each path has since when; null if it was removed.
create table files (digest text primary key check (digest = encode(sha256(content), 'hex')), content bytea not null);
create table paths (
  number bigint generated always as identity primary key,
  path text not null,
  digest text references files,
  -- The last entry of the ledger at that time.
  since bigint not null,
  login name not null default session_user,
  at timestamptz not null default clock_timestamp()
);
create index paths_now on paths (path, number);
