import { userInfo } from 'node:os';

/** The name of the account that runs this process. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown account';
  }
}
