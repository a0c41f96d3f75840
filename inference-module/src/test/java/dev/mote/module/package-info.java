@NullMarked
package dev.mote.module;

import org.jspecify.annotations.NullMarked;
