@NullMarked
package dev.mote.module.delta;

import org.jspecify.annotations.NullMarked;
