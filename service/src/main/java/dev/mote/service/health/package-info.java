/// How the service is: alive, ready, and in figures.
@NullMarked
package dev.mote.service.health;

import org.jspecify.annotations.NullMarked;
