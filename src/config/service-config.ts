// CONTRACT DRAFT: the value of every attribute of a finished service. The config room replaces this by types
// inferred from the rows (attributes/index.ts); names and value types stay.

import type {
  AddressPattern, BindValue, ConnectionRate, DenyMinutes, FailureFlag, GroupValue, LogTarget, ProtocolValue,
  RedirectValue, ResourceLimit, ServiceFlag, ServiceType, SocketType, SuccessFlag, TimeInterval, UserValue, VersionRange,
} from './attributes/values.ts';

export interface ServiceConfig {
  readonly id: string;
  readonly type: readonly ServiceType[];
  readonly flags: readonly ServiceFlag[];
  readonly disable: boolean;
  readonly socket_type: SocketType;
  readonly protocol: ProtocolValue;
  readonly wait: boolean;
  readonly port: number; // 0 for RPC and TCPMUX services
  readonly bind: BindValue | undefined;
  readonly v6only: boolean;
  readonly user: UserValue | undefined;
  readonly group: GroupValue | undefined;
  readonly groups: boolean;
  readonly umask: number | undefined;
  readonly nice: number | undefined;
  readonly server: string | undefined;
  readonly server_args: readonly string[];
  readonly env: readonly string[]; // NAME=value
  readonly passenv: readonly string[] | undefined; // undefined: pass everything
  readonly instances: number; // Infinity = UNLIMITED
  readonly per_source: number;
  readonly cps: ConnectionRate;
  readonly max_load: number; // 0 = off
  readonly only_from: readonly AddressPattern[] | undefined; // undefined = all; [] = nobody
  readonly no_access: readonly AddressPattern[] | undefined;
  readonly access_times: readonly TimeInterval[] | undefined;
  readonly libwrap: string | undefined;
  readonly deny_time: DenyMinutes;
  readonly log_type: LogTarget | undefined;
  readonly log_on_success: readonly SuccessFlag[];
  readonly log_on_failure: readonly FailureFlag[];
  readonly banner: string | undefined;
  readonly banner_success: string | undefined;
  readonly banner_fail: string | undefined;
  readonly redirect: RedirectValue | undefined;
  readonly rpc_version: VersionRange | undefined;
  readonly rpc_number: number | undefined;
  readonly rlimit_as: ResourceLimit | undefined;
  readonly rlimit_cpu: ResourceLimit | undefined;
  readonly rlimit_data: ResourceLimit | undefined;
  readonly rlimit_rss: ResourceLimit | undefined;
  readonly rlimit_stack: ResourceLimit | undefined;
  readonly rlimit_files: ResourceLimit | undefined;
}
