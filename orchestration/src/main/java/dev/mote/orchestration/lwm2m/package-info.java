/// Registrations and observations that outlive a server.
///
/// [RegistrationJournal] is what the caller stores registrations and observations with; what goes
/// in and out are plain records, so that a database needs to know nothing of LwM2M. With a journal
/// that survives, a restart of the server costs no device a new registration.
@NullMarked
package dev.mote.orchestration.lwm2m;

import org.jspecify.annotations.NullMarked;
