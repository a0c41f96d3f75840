/// Events: what happened to a tenant's models, jobs, devices and rollouts, for those who watch.
@NullMarked
package dev.mote.service.event;

import org.jspecify.annotations.NullMarked;
