/** The list of all step types: a new one is a file here and a line in this list. */
import type { AnyStepType } from '../src/step/step.ts';
import { accessCheck } from './access-check.ts';
import { accountAccess } from './account-access.ts';
import { accountGroups } from './account-groups.ts';
import { accountReach } from './account-reach.ts';
import { accountRemember } from './account-remember.ts';
import { accountRemap } from './account-remap.ts';
import { authRebootstrap } from './auth-rebootstrap.ts';
import { browserPath } from './browser-path.ts';
import { command } from './command.ts';
import { configMigrate } from './config-migrate.ts';
import { directoryPrivate } from './directory-private.ts';
import { directoryTree } from './directory-tree.ts';
import { directory } from './directory.ts';
import { envExport } from './env-export.ts';
import { envFileKey } from './env-file-key.ts';
import { envFileVariables } from './env-file-variables.ts';
import { fileMode } from './file-mode.ts';
import { fileSeed } from './file-seed.ts';
import { fileWritable } from './file-writable.ts';
import { installStamp } from './install-stamp.ts';
import { ownerPaths } from './owner-paths.ts';
import { ownerProbe } from './owner-probe.ts';
import { profileGateways } from './profile-gateways.ts';
import { skillsSync } from './skills-sync.ts';
import { supervisePerms } from './supervise-perms.ts';
import { userGuard } from './user-guard.ts';
import { yamlEdit } from './yaml-edit.ts';

/** Every step type, in the order in which `hermes-boot steps` shows them. */
export const stepTypes: readonly AnyStepType[] = [
  directory,
  directoryTree,
  directoryPrivate,
  fileMode,
  fileWritable,
  fileSeed,
  ownerPaths,
  ownerProbe,
  accessCheck,
  envExport,
  envFileKey,
  envFileVariables,
  command,
  userGuard,
  accountRemember,
  accountRemap,
  accountAccess,
  accountGroups,
  accountReach,
  configMigrate,
  yamlEdit,
  authRebootstrap,
  installStamp,
  browserPath,
  skillsSync,
  supervisePerms,
  profileGateways,
];
