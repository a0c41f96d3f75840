/// The database: a server elsewhere, or one beside the service.
@NullMarked
package dev.mote.service.database;

import org.jspecify.annotations.NullMarked;
