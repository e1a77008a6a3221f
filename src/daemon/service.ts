// A service in operation: its configuration made ready to act (compiled access table, launch profile, built-in), its
// listener and log, and what must outlive a reload (rate, running servers, which are found by `key`).
// Holds state; what is done with it is in activate.ts, admit.ts and reload.ts.

import type { ServiceLog } from '../audit/sinks.ts';
import type { Occasion, Requester } from '../audit/transcript.ts';
import type { ConfigPorts } from '../config/ports.ts';
import type { Service } from '../config/service.ts';
import type { Builtin } from '../launch/builtin/builtin.ts';
import { builtinFor } from '../launch/builtin/index.ts';
import { planLaunch } from '../launch/plan.ts';
import type { LaunchWorld } from '../launch/plan.ts';
import { Launcher } from '../launch/spawn.ts';
import { endpointOf } from '../net/endpoint.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { Listener } from '../net/listener.ts';
import type { RpcProgram } from '../net/portmapper.ts';
import { compileAccess } from '../policy/address.ts';
import type { AccessTable } from '../policy/address.ts';
import { NO_RATE } from '../policy/cps.ts';
import type { RateState } from '../policy/cps.ts';
import { asksWrappers, wrappedName } from '../policy/hosts-access.ts';
import { packetFilter, withoutNames } from '../policy/packet-filter.ts';
import type { DenyReason } from '../policy/verdict.ts';
import { Futility } from './futility.ts';
import { LastRefused } from './repeats.ts';
import type { SourceRates } from './source-rates.ts';

/**
 * `active`: requests are heard of; `suspended`: a `wait = yes` server has the socket; `disabled`: off until the rate's
 * waiting time is over; `not started`: has no socket of its own (TCPMUX).
 */
export type ServiceState = 'not started' | 'active' | 'disabled' | 'suspended';

/** Everything that follows from the configuration alone; replaced as a whole by a reload. */
export interface Equipment {
  readonly service: Service;
  readonly access: AccessTable;
  /** Whether hosts.allow and hosts.deny are asked, and whether even when they are empty. */
  readonly wrapping: 'never' | 'by rules' | 'always';
  /** undefined for TCPMUX services. */
  readonly endpoint: Endpoint | undefined;
  readonly builtin: Builtin | undefined;
  /** Passes its callers on to the TCPMUX services. */
  readonly isTcpmux: boolean;
  readonly launcher: Launcher | undefined;
  /** Whether the reference forks for a request, which decides what is logged. */
  readonly isForking: boolean;
}

type World = LaunchWorld & Pick<ConfigPorts, 'lookupHosts'>;

/** Makes a configured service ready to act. */
export function equip(service: Service, world: World): Equipment {
  const { config } = service;
  const builtin = config.type.includes('INTERNAL') ? builtinFor(service.name, config.socket_type) : undefined;
  const plan = planLaunch(config, world);
  return {
    service,
    access: compileAccess(config),
    wrapping:
      !asksWrappers(config) || config.socket_path !== undefined
        ? 'never'
        : wrappedName(service) === undefined
          ? 'always'
          : 'by rules',
    endpoint: endpointOf(config, config.flags.includes('INTERCEPT') ? filterOf(config, world) : undefined),
    builtin,
    isTcpmux: config.type.includes('INTERNAL') && service.name.toLowerCase() === 'tcpmux',
    launcher: plan === undefined ? undefined : new Launcher(plan),
    isForking: !config.flags.includes('SENSOR') && (builtin === undefined || builtin.isForking),
  };
}

/** INTERCEPT: the kernel checks every packet. */
function filterOf(config: Service['config'], { lookupHosts }: World): Endpoint['filterFor'] {
  const rules = withoutNames(config, lookupHosts);
  return (family) => packetFilter(rules, family);
}

/** What became of the requests since the service came into operation. */
export interface Tally {
  served: number;
  readonly refused: Map<DenyReason, number>;
}

let made = 0;

/** One service of the running daemon. */
export class ServiceInOperation {
  /** Identifies it among all services of this daemon's life; ids need not be unique. */
  readonly key: string;
  equipment: Equipment;
  log: ServiceLog | undefined;
  listener: Listener | undefined;
  rate: RateState = NO_RATE;
  /** Of a datagram service that the daemon answers itself. */
  readonly lastRefused = new LastRefused();
  /** Of a `wait = yes` service. */
  futility = new Futility();
  /** Made where `per_source_cps` is set. */
  sources: SourceRates | undefined;
  state: ServiceState = 'not started';
  /** What rpcbind knows of an RPC service, or is being told. */
  registration: RpcProgram | undefined;
  readonly tally: Tally = { served: 0, refused: new Map() };
  /** A reload has removed it: its log closes when its last server ends. */
  isRetired = false;
  /** Runs while the service is `disabled`, until `enableAtMs`. */
  enableTimer: NodeJS.Timeout | undefined;
  enableAtMs = 0;

  constructor(equipment: Equipment) {
    made += 1;
    this.key = String(made);
    this.equipment = equipment;
  }

  get service(): Service {
    return this.equipment.service;
  }

  get id(): string {
    return this.service.config.id;
  }

  /** What the audit log needs to know of a request to this service. */
  occasion({ source, requestNumber }: Requester): Occasion {
    return { id: this.id, source, requestNumber, isForking: this.equipment.isForking };
  }
}
