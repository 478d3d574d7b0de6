import { tzlib_get_ical_block } from 'timezones-ical-library';

/**
 * The VTIMEZONE component of a time zone, with its present rules.
 *
 * @returns undefined if the library does not know the zone
 */
export function zoneDefinition(zone: string): string | undefined {
  const block = tzlib_get_ical_block(zone);
  return Array.isArray(block) ? block[0] : undefined;
}
