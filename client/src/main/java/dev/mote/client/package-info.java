/// A client of the service's REST interface.
@NullMarked
package dev.mote.client;

import org.jspecify.annotations.NullMarked;
