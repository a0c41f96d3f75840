/// Events for browsers and programs, as server-sent events.
@NullMarked
package dev.mote.service.stream;

import org.jspecify.annotations.NullMarked;
