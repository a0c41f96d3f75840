/// Virtual devices that speak LwM2M and run real modules.
@NullMarked
package dev.mote.fleet;

import org.jspecify.annotations.NullMarked;
